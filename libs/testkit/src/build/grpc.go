// A gRPC service in Go: `grpc serve ADDRESS`, and its client: `grpc call ADDRESS` makes its calls one after another on one
// connection. Health and test service are those that come with grpc-go.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

const secret = "s3cr3t-grpc-message"

type server struct {
	testpb.UnimplementedTestServiceServer
}

func (server) EmptyCall(context.Context, *testpb.Empty) (*testpb.Empty, error) {
	return &testpb.Empty{}, nil
}

func (server) UnaryCall(ctx context.Context, in *testpb.SimpleRequest) (*testpb.SimpleResponse, error) {
	if in.FillUsername {
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Second):
		}
	}
	if asked := in.ResponseStatus; asked != nil {
		return nil, status.Error(codes.Code(asked.Code), asked.Message)
	}
	return &testpb.SimpleResponse{Username: secret}, nil
}

func (server) StreamingOutputCall(in *testpb.StreamingOutputCallRequest, out testpb.TestService_StreamingOutputCallServer) error {
	for _, each := range in.ResponseParameters {
		body := make([]byte, each.Size)
		if err := out.Send(&testpb.StreamingOutputCallResponse{Payload: &testpb.Payload{Body: body}}); err != nil {
			return err
		}
	}
	return nil
}

func (server) StreamingInputCall(in testpb.TestService_StreamingInputCallServer) error {
	for size := 0; ; {
		message, err := in.Recv()
		if err == io.EOF {
			return in.SendAndClose(&testpb.StreamingInputCallResponse{AggregatedPayloadSize: int32(size)})
		}
		if err != nil {
			return err
		}
		size += len(message.Payload.Body)
	}
}

func (server) FullDuplexCall(both testpb.TestService_FullDuplexCallServer) error {
	for {
		if _, err := both.Recv(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := both.Send(&testpb.StreamingOutputCallResponse{}); err != nil {
			return err
		}
	}
}

func serve(address string) {
	listener, err := net.Listen("tcp", address)
	check(err)
	server_ := grpc.NewServer()
	states := health.NewServer()
	states.SetServingStatus("shop", healthpb.HealthCheckResponse_SERVING)
	healthpb.RegisterHealthServer(server_, states)
	testpb.RegisterTestServiceServer(server_, server{})
	check(server_.Serve(listener))
}

func call(address string) {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	check(err)
	defer connection.Close()
	states, client := healthpb.NewHealthClient(connection), testpb.NewTestServiceClient(connection)
	plain, end := context.WithTimeout(context.Background(), 10*time.Second)
	defer end()

	_, err = states.Check(plain, &healthpb.HealthCheckRequest{Service: "shop"})
	expect(err, codes.OK)
	_, err = states.Check(plain, &healthpb.HealthCheckRequest{Service: "nothing"})
	expect(err, codes.NotFound)
	_, err = client.EmptyCall(plain, &testpb.Empty{})
	expect(err, codes.OK)
	traced := metadata.AppendToOutgoingContext(plain,
		"authorization", "Bearer s3cr3t-grpc-bearer",
		"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	_, err = client.UnaryCall(traced, &testpb.SimpleRequest{Payload: &testpb.Payload{Body: []byte(secret)}})
	expect(err, codes.OK)
	for _, code := range []codes.Code{codes.PermissionDenied, codes.Unavailable} {
		_, err = client.UnaryCall(plain, &testpb.SimpleRequest{ResponseStatus: &testpb.EchoStatus{Code: int32(code), Message: "not so"}})
		expect(err, code)
	}

	out, err := client.StreamingOutputCall(plain, &testpb.StreamingOutputCallRequest{
		ResponseParameters: []*testpb.ResponseParameters{{Size: 10}, {Size: 3000}, {Size: 20}},
	})
	check(err)
	for err == nil {
		_, err = out.Recv()
	}
	in, err := client.StreamingInputCall(plain)
	check(err)
	for i := 0; i < 3; i++ {
		check(in.Send(&testpb.StreamingInputCallRequest{Payload: &testpb.Payload{Body: []byte(secret)}}))
	}
	_, err = in.CloseAndRecv()
	expect(err, codes.OK)
	both, err := client.FullDuplexCall(plain)
	check(err)
	for i := 0; i < 3; i++ {
		check(both.Send(&testpb.StreamingOutputCallRequest{}))
		_, err = both.Recv()
		check(err)
	}
	check(both.CloseSend())
	_, err = both.Recv()
	if err != io.EOF {
		check(fmt.Errorf("expected the end, got %v", err))
	}

	_, err = client.UnimplementedCall(plain, &testpb.Empty{})
	expect(err, codes.Unimplemented)
	cancelled, cancel := context.WithCancel(context.Background())
	time.AfterFunc(100*time.Millisecond, cancel)
	_, err = client.UnaryCall(cancelled, &testpb.SimpleRequest{FillUsername: true})
	expect(err, codes.Canceled)
}

func main() {
	if os.Args[1] == "serve" {
		serve(os.Args[2])
	} else {
		call(os.Args[2])
	}
}

func expect(err error, code codes.Code) {
	if status.Code(err) != code {
		check(fmt.Errorf("expected %v, got %v", code, err))
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
