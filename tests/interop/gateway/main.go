// A plain grpc-gateway v2 in front of one address, as its users have it.
//
// It listens on two free ports and prints their addresses, one a line: the first writes what
// `defaults = "emit"` writes, the second is a ServeMux without any option. It ends when its
// standard input does, so that nobody has to find and stop it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	_ "google.golang.org/genproto/googleapis/rpc/errdetails" // known, so that details can be written
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"

	"grpcbff.test/gateway/zoo"
)

func main() {
	upstream := flag.String("upstream", "", "host:port of the service")
	flag.Parse()
	emitting := &runtime.HTTPBodyMarshaler{Marshaler: &runtime.JSONPb{
		MarshalOptions:   protojson.MarshalOptions{EmitDefaultValues: true},
		UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: true},
	}}
	serve(runtime.NewServeMux(runtime.WithMarshalerOption(runtime.MIMEWildcard, emitting)), *upstream)
	serve(runtime.NewServeMux(), *upstream)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func serve(mux *runtime.ServeMux, upstream string) {
	options := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	if err := zoo.RegisterZooHandlerFromEndpoint(context.Background(), mux, upstream, options); err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s\n", listener.Addr())
	go func() { log.Fatal(http.Serve(listener, mux)) }()
}
