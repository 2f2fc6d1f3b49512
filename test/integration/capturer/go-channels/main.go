// Two goroutines that pass numbers to each other through a channel, as fast as they can.
package main

func main() {
	numbers := make(chan int)
	go func() {
		for n := 0; ; n++ {
			numbers <- n
		}
	}()
	for range numbers {
	}
}
