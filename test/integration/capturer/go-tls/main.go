// An HTTPS server, or a client that asks one for each line of its standard input, a path: both with HTTP/2 unless told otherwise.
//
//	go-tls serve ADDRESS CERTIFICATE KEY
//	go-tls ask 1|2 URL
package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	if os.Args[1] == "serve" {
		http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprintf(w, "%s %s\n", r.URL.Path, strings.Repeat("x", len(body)))
		})
		log.Fatal(http.ListenAndServeTLS(os.Args[2], os.Args[3], os.Args[4], nil))
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: os.Args[2] == "2"}
	client := &http.Client{Transport: transport}
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		path, body, _ := strings.Cut(lines.Text(), " ")
		response, err := client.Post(os.Args[3]+path, "text/plain", strings.NewReader(body))
		if err != nil {
			log.Fatal(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		fmt.Println(response.Proto, response.Status)
	}
}
