// Goroutines that pass something to each other: numbers through a channel, as fast as they can; or, with an address, work for
// the requests that come there.
package main

import (
	"net/http"
	"os"
)

func main() {
	if len(os.Args) > 1 {
		serve(os.Args[1])
	}
	numbers := make(chan int)
	go func() {
		for n := 0; ; n++ {
			numbers <- n
		}
	}()
	for range numbers {
	}
}

// serve answers at once at /leaf, and otherwise when a goroutine of that kind has asked there.
func serve(address string) {
	received, selected, never := make(chan func()), make(chan func()), make(chan int)
	go func() {
		for work := range received {
			work()
		}
	}()
	go func() {
		for {
			select {
			case work := <-selected:
				work()
			case <-never:
			}
		}
	}()
	asked := func(kind string, run func(work func())) {
		http.HandleFunc("/"+kind, func(http.ResponseWriter, *http.Request) {
			done := make(chan error)
			run(func() {
				response, err := http.Get("http://" + address + "/leaf/" + kind)
				if err == nil {
					response.Body.Close()
				}
				done <- err
			})
			if err := <-done; err != nil {
				panic(err)
			}
		})
	}
	http.HandleFunc("/leaf/", func(http.ResponseWriter, *http.Request) {})
	asked("received", func(work func()) { received <- work })
	asked("selected", func(work func()) { selected <- work })
	asked("started", func(work func()) {
		go func() {
			go work()
		}()
	})
	panic(http.ListenAndServe(address, nil))
}
