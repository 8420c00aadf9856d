// The recorder asks Istio itself: it reads meshes as JSON lines on standard input, runs Istio's own
// control plane over each of them in this process, and writes Istio's answers as JSON lines.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"istio.io/istio/pkg/log"
)

func main() {
	silenceIstio()
	if len(os.Args) > 1 && os.Args[1] == "compose" {
		measure()
		return
	}
	input := bufio.NewReaderSize(os.Stdin, 1<<20)
	output := bufio.NewWriter(os.Stdout)
	decoder := json.NewDecoder(input)
	encoder := json.NewEncoder(output)
	for decoder.More() {
		var asked Question
		if err := decoder.Decode(&asked); err != nil {
			fail(err)
		}
		given, err := answer(asked)
		if err != nil {
			fail(fmt.Errorf("mesh %d: %w", asked.ID, err))
		}
		if err := encoder.Encode(given); err != nil {
			fail(err)
		}
		if err := output.Flush(); err != nil {
			fail(err)
		}
	}
}

// measure reads one mesh and writes what Istio composes for it, and how long that takes.
func measure() {
	var asked Question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fail(err)
	}
	given, err := compose(asked)
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(given); err != nil {
		fail(err)
	}
}

// silenceIstio keeps Istio's own log lines off the terminal: the answers are all that is asked for.
func silenceIstio() {
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
