// RFC 8188 by github.com/crow-misia/http-ece, on stdin and stdout.
//
// Every error that the library returns is its documented way to refuse. A panic is not: it is answered as an
// internal error. Three of its errors say that a request which RFC 8188 allows cannot be expressed (see
// limitation); those are answered as unsupported. Nothing is checked before the library has been asked.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"
	"strings"

	httpece "github.com/crow-misia/http-ece"
)

const (
	module   = "github.com/crow-misia/http-ece"
	maxBatch = 64
)

type request struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
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

func (f *failure) Error() string { return f.Message }

// octets is bytes on the wire: base64url without padding.
type octets []byte

func (o *octets) UnmarshalJSON(text []byte) error {
	var encoded string
	if err := json.Unmarshal(text, &encoded); err != nil {
		return err
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	*o = decoded[:len(decoded):len(decoded)] // no spare capacity that a slice beyond the end could reach
	return err
}

func (o octets) MarshalJSON() ([]byte, error) {
	return json.Marshal(base64.RawURLEncoding.EncodeToString(o))
}

type encryptParams struct {
	IKM       *octets `json:"ikm"`
	Plaintext *octets `json:"plaintext"`
	Salt      *octets `json:"salt"`
	RS        *int    `json:"rs"`
	KeyID     *octets `json:"keyid"`
	Pad       *int    `json:"pad"`
}

type decryptParams struct {
	IKM     *octets `json:"ikm"`
	Message *octets `json:"message"`
}

// parse refuses what a method does not know, rather than passing it over.
func parse(params json.RawMessage, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(params))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return &failure{Code: -32602, Message: "bad params: " + err.Error()}
	}
	return nil
}

func missing(names string) error {
	return &failure{Code: -32602, Message: "needed: " + names}
}

func describe() any {
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if dependency.Path == module {
				version = strings.TrimPrefix(dependency.Version, "v")
			}
		}
	}
	params := func(names ...string) map[string][]string { return map[string][]string{"params": names} }
	return map[string]any{
		"protocol": 1,
		"name":     "http-ece",
		"version":  version,
		"language": "Go",
		"homepage": "https://" + module,
		"batch":    maxBatch,
		"methods": map[string]any{
			"aes128gcm.encrypt": params("salt", "rs", "keyid", "pad"),
			"aes128gcm.decrypt": map[string][]string{"params": {}},
		},
	}
}

func encrypt(params json.RawMessage) (any, error) {
	var p encryptParams
	if err := parse(params, &p); err != nil {
		return nil, err
	}
	if p.IKM == nil || p.Plaintext == nil {
		return nil, missing("ikm, plaintext")
	}
	options := []httpece.Option{httpece.WithKey(*p.IKM)}
	if p.Salt != nil {
		options = append(options, httpece.WithSalt(*p.Salt))
	}
	if p.RS != nil {
		options = append(options, httpece.WithRecordSize(*p.RS))
	}
	if p.KeyID != nil {
		options = append(options, httpece.WithKeyID(*p.KeyID))
	}
	if p.Pad != nil {
		options = append(options, httpece.WithPadSize(*p.Pad))
	}
	message, err := httpece.Encrypt(*p.Plaintext, options...)
	if err != nil {
		return nil, refusal(err, p.RS)
	}
	return map[string]octets{"message": message}, nil
}

func decrypt(params json.RawMessage) (any, error) {
	var p decryptParams
	if err := parse(params, &p); err != nil {
		return nil, err
	}
	if p.IKM == nil || p.Message == nil {
		return nil, missing("ikm, message")
	}
	plaintext, err := httpece.Decrypt(*p.Message, httpece.WithKey(*p.IKM))
	if err != nil {
		return nil, refusal(err, nil)
	}
	return map[string]octets{"plaintext": plaintext}, nil
}

func refusal(err error, rs *int) *failure {
	if reason := limitation(err, rs); reason != "" {
		return &failure{Code: 2, Message: reason}
	}
	data := map[string]string{"exception": fmt.Sprintf("%T", err), "stage_native": err.Error()}
	return &failure{Code: 1, Message: err.Error(), Data: data}
}

// limitation names what the library cannot be asked for although RFC 8188 allows it. Its other way to a key,
// WithKeyMap, does not help: for aes128gcm it is never consulted, since there always is a private key. An empty key
// counts as none there, and the error then is the one about web push.
func limitation(err error, rs *int) string {
	switch {
	case errors.Is(err, httpece.ErrNoAuthSecret), strings.HasPrefix(err.Error(), "an explicit Key must be "):
		return "the library takes keys of 16 octets only"
	case strings.HasPrefix(err.Error(), "invalid record size ") && *rs > 0 && *rs <= math.MaxUint32:
		return "the library's largest rs is 2^31 - 1"
	}
	return ""
}

func call(r request) (result any, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			data := map[string]string{"exception": fmt.Sprintf("%T", panicked)}
			result, err = nil, &failure{Code: -32603, Message: fmt.Sprint(panicked), Data: data}
		}
	}()
	switch r.Method {
	case "describe":
		return describe(), nil
	case "aes128gcm.encrypt":
		return encrypt(r.Params)
	case "aes128gcm.decrypt":
		return decrypt(r.Params)
	}
	return nil, &failure{Code: -32601, Message: "no method " + r.Method}
}

func answer(text json.RawMessage) response {
	var r request
	if err := json.Unmarshal(text, &r); err != nil {
		return response{Version: "2.0", Error: &failure{Code: -32700, Message: "not a request: " + err.Error()}}
	}
	result, err := call(r)
	if err == nil {
		return response{Version: "2.0", ID: r.ID, Result: result}
	}
	var failed *failure
	if !errors.As(err, &failed) {
		failed = &failure{Code: -32603, Message: err.Error(), Data: map[string]string{"exception": fmt.Sprintf("%T", err)}}
	}
	return response{Version: "2.0", ID: r.ID, Error: failed}
}

func answerLine(line []byte) any {
	if !bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("[")) {
		return answer(line)
	}
	var requests []json.RawMessage
	if err := json.Unmarshal(line, &requests); err != nil {
		return answer(line)
	}
	responses := make([]response, len(requests))
	for i, text := range requests {
		responses[i] = answer(text)
	}
	return responses
}

func serve(input *bufio.Reader, output *bufio.Writer) error {
	encoder := json.NewEncoder(output) // ends each value with a newline
	for {
		line, err := input.ReadBytes('\n')
		if len(line) > 0 {
			if failed := encoder.Encode(answerLine(line)); failed != nil {
				return failed
			}
		}
		if input.Buffered() == 0 || err != nil { // nothing more to read at once: somebody may be waiting
			if failed := output.Flush(); failed != nil {
				return failed
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func main() {
	if err := serve(bufio.NewReaderSize(os.Stdin, 1<<16), bufio.NewWriterSize(os.Stdout, 1<<16)); err != nil {
		fmt.Fprintln(os.Stderr, "adapter:", err)
		os.Exit(1)
	}
}
