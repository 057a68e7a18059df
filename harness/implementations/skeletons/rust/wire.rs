//! The implementation protocol over standard input and output: can stay as it is.
//!
//! As much JSON as the protocol's requests need, so that the adapter depends on nothing but the library.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// Why there is no result.
#[allow(dead_code)]
pub enum Failure {
    /// The library refused, by its own documented error.
    Rejected(String),
    /// The library cannot be asked for this.
    Unsupported(String),
    /// Anything else.
    Defect(String),
}

/// The parameters of a request.
pub struct Params(HashMap<String, Value>);

impl Params {
    pub fn octets(&self, name: &str) -> Result<Vec<u8>, Failure> {
        let missing = || Failure::Defect(format!("the parameter {name} is missing"));
        self.optional_octets(name)?.ok_or_else(missing)
    }

    pub fn optional_octets(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let wrong = || Failure::Defect(format!("{name} is not base64url text"));
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::Text(text)) => decode(text).map(Some).ok_or_else(wrong),
            Some(_) => Err(wrong()),
        }
    }

    pub fn optional_integer(&self, name: &str) -> Result<Option<u64>, Failure> {
        let wrong = |_| Failure::Unsupported(format!("{name} is not an unsigned 64-bit integer"));
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::Other(text)) => text.parse().map(Some).map_err(wrong),
            Some(_) => Err(Failure::Defect(format!("{name} is not a number"))),
        }
    }
}

/// Answer each line until standard input ends. `call` gives the result's field and octets, or None for a method that
/// it does not know.
pub fn serve<F>(description: &str, call: F)
where
    F: Fn(&str, &Params) -> Option<Result<(&'static str, Vec<u8>), Failure>>,
{
    let description = description.replace('\n', " ");
    let stdout = io::stdout();
    for line in io::stdin().lock().split(b'\n') {
        let line = line.expect("standard input can be read");
        let (id, body) = answer(&line, &description, &call);
        let mut output = stdout.lock();
        let written = writeln!(output, "{{\"jsonrpc\":\"2.0\",\"id\":{id},{body}}}");
        if written.and_then(|()| output.flush()).is_err() {
            return; // nobody listens any more
        }
    }
}

fn answer<F>(line: &[u8], description: &str, call: &F) -> (String, String)
where
    F: Fn(&str, &Params) -> Option<Result<(&'static str, Vec<u8>), Failure>>,
{
    let request = std::str::from_utf8(line).ok().and_then(|text| Reader { text, at: 0 }.object());
    let Some(mut request) = request else {
        return ("null".into(), error(-32700, "not a request", ""));
    };
    let id = match request.remove("id") {
        Some(Value::Other(text)) => text,
        Some(Value::Text(text)) => quote(&text),
        _ => "null".into(),
    };
    let Some(Value::Text(method)) = request.remove("method") else {
        return (id, error(-32600, "the request has no method", ""));
    };
    if method == "describe" {
        return (id, format!("\"result\":{description}"));
    }
    let params = match request.remove("params") {
        Some(Value::Object(members)) => Params(members),
        _ => Params(HashMap::new()),
    };
    let body = match catch_unwind(AssertUnwindSafe(|| call(&method, &params))) {
        Ok(Some(Ok((field, octets)))) => format!("\"result\":{{\"{field}\":\"{}\"}}", encode(&octets)),
        Ok(Some(Err(Failure::Rejected(why)))) => error(1, &why, &format!("{{\"stage_native\":{}}}", quote(&why))),
        Ok(Some(Err(Failure::Unsupported(why)))) => error(2, &why, ""),
        Ok(Some(Err(Failure::Defect(why)))) => error(-32603, &why, ""),
        Ok(None) => error(-32601, "method not found", ""),
        Err(_) => error(-32603, "it panicked", "{\"exception\":\"panic\"}"),
    };
    (id, body)
}

fn error(code: i32, message: &str, data: &str) -> String {
    let data = if data.is_empty() { String::new() } else { format!(",\"data\":{data}") };
    format!("\"error\":{{\"code\":{code},\"message\":{}{data}}}", quote(message))
}

fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control < ' ' => quoted.push_str(&format!("\\u{:04x}", control as u32)),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

enum Value {
    Text(String),
    Object(HashMap<String, Value>),
    /// A number, true, false or null, as it was written; of a list, nothing.
    Other(String),
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|octet| octet.is_ascii_whitespace()).count();
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    fn object(&mut self) -> Option<HashMap<String, Value>> {
        let mut members = HashMap::new();
        self.take(b'{')?;
        while self.peek()? != b'}' {
            let name = self.string()?;
            self.take(b':')?;
            members.insert(name, self.value()?);
            if self.take(b',').is_none() {
                break;
            }
        }
        self.take(b'}').map(|()| members)
    }

    fn value(&mut self) -> Option<Value> {
        match self.peek()? {
            b'"' => self.string().map(Value::Text),
            b'{' => self.object().map(Value::Object),
            b'[' => {
                self.take(b'[')?;
                while self.peek()? != b']' {
                    self.value()?;
                    if self.take(b',').is_none() {
                        break;
                    }
                }
                self.take(b']').map(|()| Value::Other(String::new()))
            }
            _ => {
                let rest = &self.text[self.at..];
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
                let word = &rest[..end.unwrap_or(rest.len())];
                self.at += word.len();
                (!word.is_empty()).then(|| Value::Other(word.into()))
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        self.take(b'"')?;
        let mut string = String::new();
        loop {
            let rest = &self.text[self.at..];
            let end = rest.find(|c| c == '"' || c == '\\')?;
            string.push_str(&rest[..end]);
            self.at += end + 1;
            if rest.as_bytes()[end] == b'"' {
                return Some(string);
            }
            let escape = *self.text.as_bytes().get(self.at)?;
            self.at += 1;
            match escape {
                b'n' => string.push('\n'),
                b't' => string.push('\t'),
                b'r' => string.push('\r'),
                b'b' => string.push('\u{8}'),
                b'f' => string.push('\u{c}'),
                b'u' => {
                    let code = u32::from_str_radix(self.text.get(self.at..self.at + 4)?, 16).ok()?;
                    string.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    self.at += 4;
                }
                b'"' | b'\\' | b'/' => string.push(escape as char),
                _ => return None,
            }
        }
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn encode(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len() * 4 / 3 + 3);
    for group in octets.chunks(3) {
        let bits = group.iter().fold(0, |bits, octet| bits << 8 | u32::from(*octet)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            text.push(ALPHABET[(bits >> (18 - 6 * place)) as usize & 63] as char);
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len() * 3 / 4);
    for group in text.as_bytes().chunks(4) {
        let mut bits = 0u32;
        for character in group {
            let value = match character {
                b'A'..=b'Z' => character - b'A',
                b'a'..=b'z' => character - b'a' + 26,
                b'0'..=b'9' => character - b'0' + 52,
                b'-' => 62,
                b'_' => 63,
                _ => return None,
            };
            bits = bits << 6 | u32::from(value);
        }
        bits <<= 6 * (4 - group.len());
        octets.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    (text.len() % 4 != 1).then_some(octets)
}
