package main

import (
	"context"
	"net"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Messages of gRPC as they are: the laboratory needs no content.
type bytesCodec struct{}

func (bytesCodec) Marshal(message any) ([]byte, error) { return *message.(*[]byte), nil }
func (bytesCodec) Unmarshal(data []byte, message any) error {
	*message.(*[]byte) = data
	return nil
}
func (bytesCodec) Name() string { return "bytes" }

var (
	grpcMutex       sync.Mutex
	grpcConnections = map[string]*grpc.ClientConn{}
)

// callGrpc asks the method that is named after the id, over one connection for all.
func callGrpc(address, id string) error {
	grpcMutex.Lock()
	connection, ok := grpcConnections[address]
	if !ok {
		var err error
		connection, err = grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.ForceCodec(bytesCodec{})))
		if err != nil {
			grpcMutex.Unlock()
			return err
		}
		grpcConnections[address] = connection
	}
	grpcMutex.Unlock()
	request, answer := []byte("?"), []byte(nil)
	return connection.Invoke(context.Background(), "/lab.Lab/"+id, &request, &answer)
}

func serveGrpc(listener net.Listener) error {
	handler := func(_ any, stream grpc.ServerStream) error {
		method, _ := grpc.MethodFromServerStream(stream)
		var request []byte
		if err := stream.RecvMsg(&request); err != nil {
			return err
		}
		if err := work(method[strings.LastIndexByte(method, '/')+1:]); err != nil {
			return err
		}
		answer := []byte("ok")
		return stream.SendMsg(&answer)
	}
	return grpc.NewServer(grpc.ForceServerCodec(bytesCodec{}), grpc.UnknownServiceHandler(handler)).Serve(listener)
}
