//! A command line as words, and options set in it.

/// The words of a line as a shell reads them, without a comment and without variables set for the command.
pub fn split(line: &str) -> Option<Vec<String>> {
    let words = shlex::split(line)?;
    Some(words.into_iter().skip_while(|word| is_variable(word)).collect())
}

fn is_variable(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
}

/// The value of an option, under any of its names.
pub fn option<'a>(words: &'a [String], names: &[&str]) -> Option<&'a str> {
    let at = words.iter().position(|word| names.contains(&word.as_str()))?;
    words.get(at + 1).map(String::as_str)
}

/// Replaces an option's value; appends the option where it is missing.
pub fn set_option(words: &mut Vec<String>, names: &[&str], value: &str) {
    let found = words.iter().position(|word| names.contains(&word.as_str()));
    match found.and_then(|at| words.get_mut(at + 1)) {
        Some(old) => value.clone_into(old),
        None => words.extend([names.first().unwrap().to_string(), value.to_owned()]),
    }
}

#[test]
fn a_line_is_split_as_a_shell_does_it() {
    let words = split("PORT=1 oddiya-load run --stages \"10/s,1m; ..0/s,30s\"   # a ramp").unwrap();
    assert_eq!(words, ["oddiya-load", "run", "--stages", "10/s,1m; ..0/s,30s"]);
}

#[test]
fn an_option_is_replaced_or_appended() {
    let mut words = split("run -t 10m").unwrap();
    set_option(&mut words, &["-t", "--run-time"], "1s");
    set_option(&mut words, &["-H", "--host"], "http://a");
    assert_eq!(words, ["run", "-t", "1s", "-H", "http://a"]);
    assert_eq!(option(&words, &["--host", "-H"]), Some("http://a"));
}
