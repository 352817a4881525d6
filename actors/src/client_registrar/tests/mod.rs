mod bench;
mod commands;
mod crash;
mod failures;
mod first_client;
mod provider;
mod renewal;
mod replacement;
