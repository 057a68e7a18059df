// my-library behind Sealproof's implementation protocol, version 1. Fill it in, in four steps.
//
// Convert, and nothing else: check nothing here, so that what is seen is the library's own doing.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Step 1. Say what it is, and list under params only the optional parameters that the library honours:
// salt, rs, keyid and pad to encrypt; chunk_size to decrypt. Take out a method that it does not have.
const description = `{
	"protocol": 1, "name": "my-library", "version": "0", "language": "Go",
	"methods": {
		"aes128gcm.encrypt": {"params": []},
		"aes128gcm.decrypt": {"params": []}
	}
}`

// params holds what a request carries; an optional parameter that was not sent is nil.
type params struct {
	IKM       octets  `json:"ikm"`
	Message   octets  `json:"message"`
	Plaintext octets  `json:"plaintext"`
	Salt      *octets `json:"salt"`
	RS        *uint64 `json:"rs"`
	KeyID     *octets `json:"keyid"`
	Pad       *uint64 `json:"pad"`
	ChunkSize *int    `json:"chunk_size"`
}

// Step 2. The plaintext of a whole message: plaintext, err := mylibrary.Decrypt(p.Message, p.IKM)
func decrypt(p params) (plaintext []byte, err error) {
	return nil, errors.New("decrypt is not implemented yet")
}

// Step 3. The message for a plaintext: message, err := mylibrary.Encrypt(p.Plaintext, p.IKM)
func encrypt(p params) (message []byte, err error) {
	return nil, errors.New("encrypt is not implemented yet")
}

// Step 4. Tell the library's own, documented errors from the rest: rejected for a refusal, unsupported for what it
// cannot be asked for (the case is skipped and counted). What is neither, and a panic, is reported as a defect.
func codeOf(err error) int {
	switch {
	// case errors.Is(err, mylibrary.ErrInvalid): return rejected
	default:
		return internalError
	}
}

// What follows speaks the protocol and can stay as it is.

const (
	rejected       = 1
	unsupported    = 2
	parseError     = -32700
	methodNotFound = -32601
	invalidParams  = -32602
	internalError  = -32603
)

type octets []byte

func (o *octets) UnmarshalJSON(text []byte) error {
	var encoded string
	if err := json.Unmarshal(text, &encoded); err != nil {
		return err
	}
	decoded, err := base64.RawURLEncoding.DecodeString(encoded)
	*o = decoded
	return err
}

type response struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  any             `json:"result,omitempty"`
	Error   *failure        `json:"error,omitempty"`
}

type failure struct {
	Code    int               `json:"code"`
	Message string            `json:"message"`
	Data    map[string]string `json:"data,omitempty"`
}

func call(method string, raw json.RawMessage) (result any, failed *failure) {
	defer func() {
		if panicked := recover(); panicked != nil {
			data := map[string]string{"exception": fmt.Sprintf("%T", panicked)}
			result, failed = nil, &failure{internalError, fmt.Sprint(panicked), data}
		}
	}()
	handlers := map[string]func(params) ([]byte, error){"aes128gcm.decrypt": decrypt, "aes128gcm.encrypt": encrypt}
	fields := map[string]string{"aes128gcm.decrypt": "plaintext", "aes128gcm.encrypt": "message"}
	if method == "describe" {
		return json.RawMessage(description), nil
	}
	handler, known := handlers[method]
	if !known {
		return nil, &failure{Code: methodNotFound, Message: "method not found"}
	}
	var p params
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, &failure{Code: invalidParams, Message: err.Error()}
	}
	answer, err := handler(p)
	if err != nil {
		data := map[string]string{"exception": fmt.Sprintf("%T", err), "stage_native": err.Error()}
		return nil, &failure{codeOf(err), err.Error(), data}
	}
	return map[string]string{fields[method]: base64.RawURLEncoding.EncodeToString(answer)}, nil
}

func main() {
	// Standard output belongs to the protocol: what the library prints goes to standard error.
	output := json.NewEncoder(os.Stdout)
	os.Stdout = os.Stderr
	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadBytes('\n')
		if err != nil {
			return
		}
		var request struct {
			ID     json.RawMessage `json:"id"`
			Method string          `json:"method"`
			Params json.RawMessage `json:"params"`
		}
		answer := response{Version: "2.0"}
		if err := json.Unmarshal(line, &request); err != nil {
			answer.Error = &failure{Code: parseError, Message: err.Error()}
		} else {
			answer.ID = request.ID
			answer.Result, answer.Error = call(request.Method, request.Params)
		}
		if output.Encode(answer) != nil {
			return
		}
	}
}
