//! RFC 8188 by the crate `ece-native`, on stdin and stdout.
//!
//! The library's `encrypt` takes the content already cut into records and adds the delimiters, and the zeros
//! that fill every record but the last. The cutting is therefore this adapter's: full records of rs - 17
//! octets, one empty record for empty content, and everything in a single record where rs leaves no room for
//! content, so that it is the library which refuses (or does not). So is the salt where none is asked for: the
//! library wants one from every caller.
//!
//! `ece_native::Error` is the documented way to refuse; a panic is an internal error. What the parameter types
//! cannot hold (`salt: [u8; 16]`, `rs: u32`) is unsupported.

use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};

use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
use serde_json::{json, Map, Value};

const DEFAULT_RS: u32 = 4096;
const MAX_BATCH: usize = 64;

struct Failure {
    code: i64,
    message: String,
    data: Value,
}

impl Failure {
    fn new(code: i64, message: impl Into<String>) -> Self {
        Failure {
            code,
            message: message.into(),
            data: Value::Null,
        }
    }

    fn bad_params(message: impl Into<String>) -> Self {
        Failure::new(-32602, message)
    }

    fn unsupported(message: impl Into<String>) -> Self {
        Failure::new(2, message)
    }

    fn to_json(&self) -> Value {
        let mut error = json!({"code": self.code, "message": self.message});
        if !self.data.is_null() {
            error["data"] = self.data.clone();
        }
        error
    }
}

impl From<ece_native::Error> for Failure {
    fn from(error: ece_native::Error) -> Self {
        let word = error.to_string();
        let data = json!({"exception": "ece_native::Error", "stage_native": word});
        Failure {
            code: 1,
            message: word,
            data,
        }
    }
}

type Answer = Result<Value, Failure>;

/// The members of `params`; one that the method does not know is an error, not something to pass over.
struct Params<'a>(&'a Map<String, Value>);

impl<'a> Params<'a> {
    fn new(request: &'a Value, known: &[&str]) -> Result<Self, Failure> {
        let members = request["params"].as_object();
        let members = members.ok_or_else(|| Failure::bad_params("params must be an object"))?;
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(Failure::bad_params(format!("unknown parameter {name}"))),
            None => Ok(Params(members)),
        }
    }

    fn octets(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        let decoded = value
            .as_str()
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        decoded
            .map(Some)
            .ok_or_else(|| Failure::bad_params(format!("{name} must be base64url without padding")))
    }

    fn required(&self, name: &str) -> Result<Vec<u8>, Failure> {
        self.octets(name)?
            .ok_or_else(|| Failure::bad_params(format!("{name} is missing")))
    }

    fn salt(&self) -> Result<[u8; 16], Failure> {
        if let Some(salt) = self.octets("salt")? {
            return salt
                .try_into()
                .map_err(|_| Failure::unsupported("the library's salt is a [u8; 16]"));
        }
        let mut salt = [0; 16];
        getrandom::getrandom(&mut salt).map_err(|error| Failure::new(-32603, error.to_string()))?;
        Ok(salt)
    }

    fn rs(&self) -> Result<u32, Failure> {
        match self.0.get("rs") {
            None => Ok(DEFAULT_RS),
            Some(value) if value.is_i64() || value.is_u64() => value
                .as_u64()
                .and_then(|rs| rs.try_into().ok())
                .ok_or_else(|| Failure::unsupported("the library's record size is a u32")),
            Some(_) => Err(Failure::bad_params("rs must be an integer")),
        }
    }
}

fn describe() -> Answer {
    Ok(json!({
        "protocol": 1,
        "name": "ece-native",
        "version": locked_version("ece-native"),
        "language": "Rust",
        "homepage": "https://github.com/leotaku/web-push-native",
        "batch": MAX_BATCH,
        "methods": {
            "aes128gcm.encrypt": {"params": ["salt", "rs", "keyid"]},
            "aes128gcm.decrypt": {"params": []},
        },
    }))
}

/// The version that this program was built with, as the lock file beside it has it.
fn locked_version(package: &str) -> &'static str {
    let name = format!("name = \"{package}\"");
    let mut lines = include_str!("Cargo.lock")
        .lines()
        .skip_while(|line| *line != name);
    lines
        .nth(1)
        .and_then(|line| line.split('"').nth(1))
        .unwrap_or("unknown")
}

fn encrypt(request: &Value) -> Answer {
    let params = Params::new(request, &["ikm", "plaintext", "salt", "rs", "keyid"])?;
    let (ikm, plaintext) = (params.required("ikm")?, params.required("plaintext")?);
    let (salt, rs) = (params.salt()?, params.rs()?);
    let keyid = params.octets("keyid")?.unwrap_or_default();
    let message = ece_native::encrypt(ikm, salt, keyid, records(plaintext, rs).into_iter(), rs)?;
    Ok(json!({"message": URL_SAFE_NO_PAD.encode(message)}))
}

fn records(plaintext: Vec<u8>, rs: u32) -> Vec<Vec<u8>> {
    let room = rs.saturating_sub(17) as usize;
    if room == 0 || plaintext.len() <= room {
        return vec![plaintext];
    }
    plaintext.chunks(room).map(<[u8]>::to_vec).collect()
}

fn decrypt(request: &Value) -> Answer {
    let params = Params::new(request, &["ikm", "message"])?;
    let plaintext = ece_native::decrypt(params.required("ikm")?, params.required("message")?)?;
    Ok(json!({"plaintext": URL_SAFE_NO_PAD.encode(plaintext)}))
}

fn call(request: &Value) -> Answer {
    match request["method"].as_str() {
        Some("describe") => describe(),
        Some("aes128gcm.encrypt") => encrypt(request),
        Some("aes128gcm.decrypt") => decrypt(request),
        Some(name) => Err(Failure::new(-32601, format!("no method {name}"))),
        None => Err(Failure::new(-32600, "not a request")),
    }
}

fn answer(request: &Value) -> Value {
    let outcome = catch_unwind(AssertUnwindSafe(|| call(request))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
        let message = text.unwrap_or_else(|| "panic".to_string());
        Err(Failure {
            code: -32603,
            message,
            data: json!({"exception": "panic"}),
        })
    });
    let id = request.get("id").cloned().unwrap_or(Value::Null);
    match outcome {
        Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        Err(failure) => json!({"jsonrpc": "2.0", "id": id, "error": failure.to_json()}),
    }
}

fn answer_line(line: &[u8]) -> Value {
    match serde_json::from_slice::<Value>(line) {
        Ok(Value::Array(requests)) => requests.iter().map(answer).collect(),
        Ok(request) => answer(&request),
        Err(error) => {
            let failure = Failure::new(-32700, format!("not JSON: {error}"));
            json!({"jsonrpc": "2.0", "id": null, "error": failure.to_json()})
        }
    }
}

fn main() -> io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        serde_json::to_writer(&mut output, &answer_line(&line))?;
        output.write_all(b"\n")?;
        line.clear();
        if input.buffer().is_empty() {
            output.flush()?; // nothing more to read at once: somebody may be waiting
        }
    }
    output.flush()
}
