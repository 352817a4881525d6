//! Who is told what.

use std::sync::Arc;
use std::time::Duration;

use super::{Description, State};
use crate::client_registrar::client::OAuthClient;
use crate::client_registrar::error::RegistrarError;
use crate::client_registrar::message::Command;
use crate::client_registrar::work::Done;

impl State {
    pub(super) fn answer_command(&self, command: Command, result: Result<Done, RegistrarError>) {
        match command {
            Command::Register(waiting) => {
                let client = self.row.current.as_ref().map(OAuthClient::from).map(Arc::new);
                waiting.answer(result.and_then(|_| client.ok_or(RegistrarError::NoClient)));
            }
            Command::Unregister(waiting) => waiting.answer(result.and_then(|done| match done {
                Done::Unregistered(unregistered) => Ok(unregistered),
                _ => Err(RegistrarError::BrokeOff),
            })),
            Command::Check(waiting) => waiting.answer(result.and_then(|done| match done {
                Done::Standing(standing) => Ok(standing),
                _ => Err(RegistrarError::BrokeOff),
            })),
        }
    }

    /// Whoever was refused with a client that is not in use any more.
    pub(super) fn answer_satisfied(&mut self) {
        let Some(current) = self.current() else {
            return;
        };
        for refused in self
            .waiting
            .extract_if(.., |refused| refused.client_id != current.client_id)
        {
            refused.waiting.answer(Ok(Arc::clone(&current)));
        }
    }

    /// Nothing is being done: nobody has anything to wait for.
    pub(super) fn answer_the_rest(&mut self) {
        let error = self.why_not();
        for refused in self.waiting.drain(..) {
            refused.waiting.answer(Err(error.clone()));
        }
        // Only without a provider: otherwise a command is a job.
        for command in self.commands.drain(..) {
            command.refuse(RegistrarError::ProviderUnknown);
        }
        let description = Description {
            client: self.current(),
            issuer: self.issuer().map(str::to_owned),
            redirect_uri: self.shared.worker.template.redirect_uri.clone(),
            scope: self.shared.worker.template.scope.clone(),
            renew_at: self.renew_at(),
            to_delete: self.row.doomed.len(),
            last_error: self.last_error.clone(),
        };
        for waiting in self.describing.drain(..) {
            waiting.answer(Ok(description.clone()));
        }
    }

    /// Why a refused client is not being replaced.
    pub(super) fn why_not(&self) -> RegistrarError {
        if self.provider.is_none() {
            return RegistrarError::ProviderUnknown;
        }
        if self.paused || (self.adopted && self.row.current.is_none()) {
            return RegistrarError::NoClient;
        }
        let at = self.retry_at.unwrap_or(0).max(self.cool_at());
        RegistrarError::CoolingDown {
            retry_after: Duration::from_secs(at.saturating_sub(self.now()).max(1)),
            last: self.last_error.clone().map(Box::new),
        }
    }
}
