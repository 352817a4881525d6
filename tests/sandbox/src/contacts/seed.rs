//! What the demonstration users have in their address books, and the accounts of the server.

use super::store::{AddressBooks, Book};
use crate::AppState;

/// User, object and card.
const SAMPLES: [(&str, &str, &str); 4] = [
    (
        "alice",
        "jane-roe.vcf",
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:jane-roe\r\nFN:Jane Roe\r\nN:Roe;Jane;;;\r\nORG:Example Ltd;Engineering\r\n\
         TITLE:Engineer\r\nEMAIL;TYPE=work;PREF=1:jane.roe@example.org\r\nEMAIL;TYPE=home:jane@example.net\r\n\
         TEL;TYPE=cell:+49 170 1234567\r\nBDAY:--0412\r\nCATEGORIES:work,climbing\r\nEND:VCARD\r\n",
    ),
    (
        "alice",
        "7c3f.vcf",
        "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Example//Phone//EN\r\nUID:bjoern-hansen\r\nFN:Bjørn Hansen\r\n\
         N:Hansen;Bjørn;;;\r\nitem1.TEL;TYPE=CELL:(0170) 765 43 21\r\nitem1.X-ABLABEL:Boat\r\nNOTE:Met in Bergen\\, \
         2024\r\nEND:VCARD\r\n",
    ),
    (
        "alice",
        "bakery.vcf",
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:bakery\r\nKIND:org\r\nFN:Corner Bakery\r\nORG:Corner Bakery\r\n\
         ADR;TYPE=work:;;1 Market Sq;Oldtown;;12345;Exampleland\r\nURL:https://bakery.example/\r\nEND:VCARD\r\n",
    ),
    (
        "bob",
        "supplier.vcf",
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:supplier\r\nFN:Brick Supplier\r\nTEL;TYPE=work:+44 20 7946 0000\r\nEND:VCARD\r\n",
    ),
];

/// Fills the address books of those users that there are.
pub(crate) fn seed(books: &mut AddressBooks, users: &[&str], now: u64) {
    for (uid, object, text) in SAMPLES.iter().filter(|(uid, ..)| users.contains(uid)) {
        if let Some(book) = books.of(uid).get_mut("contacts") {
            book.put(object, (*text).to_owned(), now);
        }
    }
}

/// The address book of all accounts.
pub(super) fn accounts(state: &AppState) -> Book {
    let description = "System address book which holds all accounts".to_owned();
    let mut book = Book::new("Accounts", Some(description));
    for user in &state.options().users {
        let text = format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Sabre//Sabre VObject 4.5.6//EN\r\nUID:{}\r\nFN:{}\r\n\
             EMAIL;TYPE=OTHER:{}\r\nEND:VCARD\r\n",
            user.uid, user.display_name, user.email
        );
        book.put(&format!("Database:{}.vcf", user.uid), text, state.clock().unix());
    }
    book
}
