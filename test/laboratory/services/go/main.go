// A service in Go: net/http with its connection pool, goroutines for the calls of a stage, and Redis by its own protocol
// from the goroutine that asks, as database drivers do.
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
)

var (
	plan   [][]string
	truth  = bufio.NewWriter(os.Stdout)
	mutex  sync.Mutex
	client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	pools  sync.Map
)

type connection struct {
	net.Conn
	reader *bufio.Reader
}

func redis(address, id string) error {
	value, _ := pools.LoadOrStore(address, make(chan *connection, 256))
	pool := value.(chan *connection)
	var c *connection
	select {
	case c = <-pool:
	default:
		socket, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		c = &connection{socket, bufio.NewReader(socket)}
	}
	fmt.Fprintf(c, "*2\r\n$3\r\nGET\r\n$16\r\nlab:%s\r\n", id)
	_, err := c.reader.ReadString('\n')
	pool <- c
	return err
}

func call(step, incoming string) error {
	if what, ms, ok := strings.Cut(step, " "); ok && what == "sleep" {
		limit, _ := strconv.ParseFloat(ms, 64)
		time.Sleep(time.Duration(mathrand.Float64() * limit * float64(time.Millisecond)))
		return nil
	}
	var random [6]byte
	rand.Read(random[:])
	outgoing := hex.EncodeToString(random[:])
	mutex.Lock()
	fmt.Fprintln(truth, incoming, outgoing, step)
	mutex.Unlock()
	if target, _ := url.Parse(step); target.Scheme == "redis" {
		return redis(target.Host, outgoing)
	}
	response, err := client.Get(step + "/" + outgoing)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

func serve(w http.ResponseWriter, r *http.Request) {
	incoming := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	for _, stage := range plan {
		if len(stage) == 1 {
			if err := call(stage[0], incoming); err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
			continue
		}
		var group sync.WaitGroup
		for _, step := range stage {
			group.Go(func() { call(step, incoming) })
		}
		group.Wait()
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
	panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("LAB_PORT"), http.HandlerFunc(serve)))
}
