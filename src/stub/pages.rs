//! HTML: Spring's and Tomcat's error pages, letter by letter, and stand-ins for Oddiya's own pages. Pure.

use http::StatusCode;

/// Spring Boot's error page of a service.
pub fn service_error(status: StatusCode, now: &str) -> String {
    let fallback =
        "This application has no explicit mapping for /error, so you are seeing this as a fallback.";
    whitelabel(fallback, now, &unexpected(status))
}

/// Spring Boot's error page of the gateway, which names the request.
pub fn gateway_error(status: StatusCode, now: &str, request_id: &str) -> String {
    let fallback = "This application has no configured error view, so you are seeing this as a fallback.";
    whitelabel(fallback, now, &format!("[{request_id}] {}", unexpected(status)))
}

fn unexpected(status: StatusCode) -> String {
    let reason = status.canonical_reason().unwrap_or("Error");
    format!("There was an unexpected error (type={reason}, status={}).", status.as_u16())
}

fn whitelabel(fallback: &str, now: &str, what: &str) -> String {
    format!(
        "<html><body><h1>Whitelabel Error Page</h1><p>{fallback}</p><div id='created'>{now}</div>\
         <div>{what}</div></body></html>"
    )
}

/// Tomcat's own answer to a request that it does not pass on.
pub const TOMCAT_BAD_REQUEST: &str = "<!doctype html><html lang=\"en\"><head><title>HTTP Status 400 – Bad Request</title>\
    <style type=\"text/css\">body {font-family:Tahoma,Arial,sans-serif;} h1, h2, h3, b {color:white;background-color:#525D76;} \
    h1 {font-size:22px;} h2 {font-size:16px;} h3 {font-size:14px;} p {font-size:12px;} a {color:black;} \
    .line {height:1px;background-color:#525D76;border:none;}</style></head><body><h1>HTTP Status 400 – Bad Request</h1>\
    </body></html>";

/// A page that says what it stands in for, as long as the real one.
pub fn stand_in(title: &str, bytes: usize) -> String {
    let mut page = format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"><title>{title} (stub)</title><h1>{title}</h1>\n\
         <p>This is <code>oddiya-load stub</code>, a stand-in for an Oddiya host.</p>\n<!-- As long as the real page: "
    );
    const END: &str = " -->\n";
    let missing = bytes.saturating_sub(page.len() + END.len());
    page.extend(std::iter::repeat_n('.', missing));
    page + END
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "Thu Nov 26 01:23:45 UTC 2026";

    #[test]
    fn error_pages_are_as_long_as_the_recorded_ones() {
        for (status, bytes) in [(404, 275), (405, 284), (406, 280), (500, 287)] {
            assert_eq!(service_error(StatusCode::from_u16(status).unwrap(), NOW).len(), bytes, "{status}");
        }
        assert_eq!(gateway_error(StatusCode::NOT_FOUND, NOW, "3c6e7a1b-1234").len(), 285);
        assert_eq!(TOMCAT_BAD_REQUEST.len(), 435);
    }

    #[test]
    fn a_stand_in_has_the_real_pages_length() {
        assert_eq!(stand_in("Oddiya", 22_711).len(), 22_711);
    }
}
