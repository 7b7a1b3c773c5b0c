// The twin of tests/transport/echo_service.py on grpc-go: what it is told stands in the request's
// metadata, and messages are raw bytes.
//
// It listens on a free port, prints its address, and ends when its standard input does, so that
// nobody has to find and stop it.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip" // known, so that replies can be compressed
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// raw leaves messages as they are.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (raw) Unmarshal(data []byte, v any) error { *v.(*[]byte) = bytes.Clone(data); return nil }
func (raw) Name() string                       { return "proto" }

// flags are names that somebody sets, once, and others wait for.
type flags struct {
	mutex sync.Mutex
	named map[string]chan struct{}
}

func (f *flags) get(name string) chan struct{} {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.named[name] == nil {
		f.named[name] = make(chan struct{})
	}
	return f.named[name]
}

func (f *flags) set(name string) {
	flag := f.get(name)
	select {
	case <-flag:
	default:
		close(flag)
	}
}

var begun, ended = flags{named: map[string]chan struct{}{}}, flags{named: map[string]chan struct{}{}}

// told is the request's metadata.
type told metadata.MD

func (t told) text(name string) (string, bool) {
	values := metadata.MD(t).Get(name)
	if len(values) == 0 {
		return "", false
	}
	return values[0], true
}

func (t told) number(name string, otherwise int) int {
	text, _ := t.text(name)
	if number, err := strconv.Atoi(text); err == nil {
		return number
	}
	return otherwise
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(
		grpc.ForceServerCodec(raw{}), grpc.UnknownServiceHandler(serve), grpc.MaxRecvMsgSize(1<<26))
	fmt.Println(listener.Addr())
	go func() { log.Fatal(server.Serve(listener)) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func serve(_ any, stream grpc.ServerStream) error {
	path, _ := grpc.MethodFromServerStream(stream)
	method := methods[strings.TrimPrefix(path, "/echo.Echo/")]
	if method == nil {
		return status.Error(codes.Unimplemented, "unknown method "+path)
	}
	sent, _ := metadata.FromIncomingContext(stream.Context())
	if err := greet(stream, sent); err != nil {
		return err
	}
	name, freezes := told(sent).text("say-freeze")
	begun.set(name)
	defer ended.set(name)
	if err := method(stream, told(sent)); err != nil {
		return err
	}
	if freezes {
		<-stream.Context().Done()
		return status.FromContextError(stream.Context().Err()).Err()
	}
	return ending(told(sent))
}

func greet(stream grpc.ServerStream, sent metadata.MD) error {
	initial, trailing := metadata.MD{}, metadata.MD{}
	for name, values := range sent {
		if strings.HasPrefix(name, "x-") {
			initial[name] = values
		} else if strings.HasPrefix(name, "y-") {
			trailing[name] = values
		} else if name == "say-details-bin" {
			trailing["grpc-status-details-bin"] = values
		} else if name == "say-gzip" {
			if err := grpc.SetSendCompressor(stream.Context(), "gzip"); err != nil {
				return err
			}
		}
	}
	stream.SetTrailer(trailing)
	if len(initial) > 0 {
		return stream.SendHeader(initial)
	}
	return nil
}

func ending(t told) error {
	if code := t.number("say-status", 0); code != 0 {
		text, _ := t.text("say-message-bin")
		return status.Error(codes.Code(code), text)
	}
	return nil
}

var methods = map[string]func(grpc.ServerStream, told) error{
	"Say":       say,
	"Down":      down,
	"Up":        up,
	"Both":      both,
	"Begin":     func(s grpc.ServerStream, _ told) error { return waiting(s, &begun) },
	"Cancel":    func(s grpc.ServerStream, _ told) error { return waiting(s, &ended) },
	"Remaining": remaining,
}

// each hands every request to `take` until it says that it has heard enough.
func each(stream grpc.ServerStream, take func([]byte) (enough bool, err error)) error {
	for {
		var request []byte
		if err := stream.RecvMsg(&request); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if enough, err := take(request); enough || err != nil {
			return err
		}
	}
}

func send(stream grpc.ServerStream, message []byte) error { return stream.SendMsg(&message) }

func say(stream grpc.ServerStream, t told) error {
	return each(stream, func(request []byte) (bool, error) {
		_, freezes := t.text("say-freeze")
		_, fails := t.text("say-status")
		if freezes || fails {
			return false, nil
		}
		if size := t.number("say-size", -1); size >= 0 {
			return false, send(stream, bytes.Repeat([]byte("z"), size))
		}
		return false, send(stream, request)
	})
}

func down(stream grpc.ServerStream, t told) error {
	return each(stream, func([]byte) (bool, error) {
		for number := range t.number("say-count", 0) {
			if err := send(stream, strconv.AppendInt(nil, int64(number), 10)); err != nil {
				return true, err
			}
		}
		return false, nil
	})
}

func up(stream grpc.ServerStream, t told) error {
	var came [][]byte
	err := each(stream, func(request []byte) (bool, error) {
		came = append(came, request)
		return len(came) == t.number("say-early", -1), nil
	})
	if _, fails := t.text("say-status"); fails || err != nil {
		return err
	}
	return send(stream, bytes.Join(came, []byte("+")))
}

func both(stream grpc.ServerStream, t told) error {
	count := 0
	return each(stream, func(request []byte) (bool, error) {
		count++
		return count == t.number("say-early", -1), send(stream, request)
	})
}

func waiting(stream grpc.ServerStream, for_ *flags) error {
	return each(stream, func(request []byte) (bool, error) {
		select {
		case <-for_.get(string(request)):
			return false, send(stream, []byte("yes"))
		case <-stream.Context().Done():
			return true, context.Cause(stream.Context())
		}
	})
}

func remaining(stream grpc.ServerStream, _ told) error {
	return each(stream, func([]byte) (bool, error) {
		deadline, _ := stream.Context().Deadline()
		return false, send(stream, strconv.AppendInt(nil, time.Until(deadline).Milliseconds(), 10))
	})
}
