//! my-library behind Sealproof's implementation protocol, version 1. Fill it in, in four steps.
//!
//! Convert, and nothing else: check nothing here, so that what is seen is the library's own doing.

mod wire;

use wire::{Failure, Params};

/// Step 1. Say what it is, and list under params only the optional parameters that the library honours:
/// salt, rs, keyid and pad to encrypt; chunk_size to decrypt. Take out a method that it does not have.
const DESCRIPTION: &str = r#"{
    "protocol": 1, "name": "my-library", "version": "0", "language": "Rust",
    "methods": {
        "aes128gcm.encrypt": {"params": []},
        "aes128gcm.decrypt": {"params": []}
    }
}"#;

/// Step 2. The plaintext of a whole message.
fn decrypt(params: &Params) -> Result<Vec<u8>, Failure> {
    let _ikm = params.octets("ikm")?;
    let _message = params.octets("message")?;
    // my_library::decrypt(&message, &ikm).map_err(failure)
    Err(Failure::Defect("decrypt is not implemented yet".into()))
}

/// Step 3. The message for a plaintext. An optional parameter that was not sent is None.
fn encrypt(params: &Params) -> Result<Vec<u8>, Failure> {
    let _ikm = params.octets("ikm")?;
    let _plaintext = params.octets("plaintext")?;
    let _salt: Option<Vec<u8>> = params.optional_octets("salt")?;
    let _rs: Option<u64> = params.optional_integer("rs")?;
    // my_library::encrypt(&plaintext, &ikm).map_err(failure)
    Err(Failure::Defect("encrypt is not implemented yet".into()))
}

/// Step 4. Tell the library's own, documented errors from the rest: Rejected for a refusal, Unsupported for what it
/// cannot be asked for (the case is skipped and counted). A Defect is reported as one, and so is a panic.
#[allow(dead_code)]
fn failure<E: std::fmt::Display>(error: E) -> Failure {
    Failure::Rejected(error.to_string())
}

fn main() {
    wire::serve(DESCRIPTION, |method, params| match method {
        "aes128gcm.decrypt" => Some(decrypt(params).map(|octets| ("plaintext", octets))),
        "aes128gcm.encrypt" => Some(encrypt(params).map(|octets| ("message", octets))),
        _ => None,
    });
}
