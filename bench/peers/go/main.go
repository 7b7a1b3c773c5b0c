// grpc-gateway v2 in front of the benchmark's three services, at its defaults, and the three-call
// screen written by hand, as one would in Go.
//
// Usage: gateway LISTEN USERS LINKS ITEMS        (each host:port)
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"bench.invalid/gateway/benchpb"
)

type register func(context.Context, *runtime.ServeMux, *grpc.ClientConn) error

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: gateway LISTEN USERS LINKS ITEMS")
	}
	mux := runtime.NewServeMux()
	registers := []register{
		benchpb.RegisterUserServiceHandler,
		benchpb.RegisterLinkServiceHandler,
		benchpb.RegisterItemServiceHandler,
	}
	connections := make([]*grpc.ClientConn, len(registers))
	for index, register := range registers {
		connections[index] = connect(os.Args[2+index])
		if err := register(context.Background(), mux, connections[index]); err != nil {
			log.Fatal(err)
		}
	}
	home := newHome(connections)
	if err := mux.HandlePath(http.MethodGet, "/web/v1/home/{user_id}", home.serve); err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(os.Args[1], mux))
}

func connect(target string) *grpc.ClientConn {
	plain := grpc.WithTransportCredentials(insecure.NewCredentials())
	connection, err := grpc.NewClient(target, plain)
	if err != nil {
		log.Fatal(err)
	}
	return connection
}
