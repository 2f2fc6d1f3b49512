// A service in Go: net/http and gRPC, goroutines for the calls of a stage, real drivers with their pools.
package main

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	mathrand "math/rand"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

var (
	plan       [][]string
	truth      = bufio.NewWriter(os.Stdout)
	mutex      sync.Mutex
	workers    = startWorkers()
	httpClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256, Protocols: protocols()}}
)

// protocols of LAB_HTTP2: without TLS too (prior knowledge).
func protocols() *http.Protocols {
	result := new(http.Protocols)
	isHTTP2 := os.Getenv("LAB_HTTP2") != ""
	result.SetHTTP1(!isHTTP2)
	result.SetHTTP2(isHTTP2)
	result.SetUnencryptedHTTP2(isHTTP2)
	return result
}

func call(step, incoming string) error {
	if what, ms, ok := strings.Cut(step, " "); ok && what == "sleep" {
		limit, _ := strconv.ParseFloat(ms, 64)
		time.Sleep(time.Duration(mathrand.Float64() * limit * float64(time.Millisecond)))
		return nil
	}
	target, err := url.Parse(step)
	if err != nil {
		return err
	}
	switch target.Scheme {
	case "http", "https":
		for {
			status, err := callHTTP(step + "/" + sends(incoming, step))
			if err != nil || status != http.StatusServiceUnavailable {
				return err
			}
		}
	case "grpc":
		return callGrpc(target.Host, sends(incoming, step))
	case "pipeline": // several requests in one go
		return callPipeline(step, target, sends(incoming, step), sends(incoming, step), sends(incoming, step))
	default:
		return callStore(step, target, sends(incoming, step))
	}
}

// sends gives the id of an outgoing request, and writes it down.
func sends(incoming, step string) string {
	var random [6]byte
	rand.Read(random[:])
	outgoing := hex.EncodeToString(random[:])
	mutex.Lock()
	defer mutex.Unlock()
	fmt.Fprintln(truth, incoming, outgoing, step)
	return outgoing
}

func callHTTP(url string) (int, error) {
	response, err := httpClient.Get(url)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// task is a step that a worker does.
type task struct {
	step, incoming string
	done           chan<- error
}

// startWorkers gives where to put tasks for LAB_WORKERS goroutines, which make all calls then.
func startWorkers() chan<- task {
	count, _ := strconv.Atoi(os.Getenv("LAB_WORKERS"))
	if count == 0 {
		return nil
	}
	tasks := make(chan task, count)
	for range count {
		go func() {
			for one := range tasks {
				one.done <- call(one.step, one.incoming)
			}
		}()
	}
	return tasks
}

// byWorkers has the workers do the steps.
func byWorkers(steps []string, incoming string) error {
	done := make(chan error, len(steps))
	for _, step := range steps {
		workers <- task{step, incoming, done}
	}
	var failed error
	for range steps {
		if err := <-done; err != nil {
			failed = err
		}
	}
	return failed
}

// work does what the plan says for one request.
func work(incoming string) error {
	for _, stage := range plan {
		if workers != nil {
			if err := byWorkers(stage, incoming); err != nil {
				return err
			}
			continue
		}
		if len(stage) == 1 {
			if err := call(stage[0], incoming); err != nil {
				return err
			}
			continue
		}
		results := make([]error, len(stage))
		var group sync.WaitGroup
		for i, step := range stage {
			group.Go(func() { results[i] = call(step, incoming) })
		}
		group.Wait()
		for _, err := range results {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func serve(w http.ResponseWriter, r *http.Request) {
	if err := work(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	io.WriteString(w, "ok\n")
}

func main() {
	if text := os.Getenv("LAB_PLAN"); text != "" {
		if err := json.Unmarshal([]byte(text), &plan); err != nil {
			panic(err)
		}
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		<-stop
		mutex.Lock()
		truth.Flush()
		os.Exit(0)
	}()
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("LAB_PORT"))
	if err != nil {
		panic(err)
	}
	switch os.Getenv("LAB_SERVE") {
	case "grpc":
		panic(serveGrpc(listener))
	case "amqp":
		panic(consume(os.Getenv("LAB_QUEUE")))
	}
	handler := http.Handler(http.HandlerFunc(serve))
	if os.Getenv("LAB_UPGRADE") != "" { // of HTTP/1.1 to HTTP/2, as java.net.http asks for
		handler = h2c.NewHandler(handler, &http2.Server{})
	}
	server := &http.Server{Handler: handler, Protocols: new(http.Protocols)}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	if key := os.Getenv("LAB_KEY"); key != "" {
		server.Protocols.SetHTTP2(os.Getenv("LAB_HTTP2") != "")
		panic(server.ServeTLS(listener, os.Getenv("LAB_CERTIFICATE"), key))
	}
	panic(server.Serve(listener))
}
