// A stand-in for the kubelet that does one thing: `pods/exec`. It serves the kubelet's exec protocol
// with the kubelet's own library and runs the command on this machine, so that a real API server
// streams a real exit code to a client.
//
// KWOK's exec is not used because it reports a command's exit code as an internal error without the
// code (sigs.k8s.io/kwok v0.8.0, pkg/utils/exec wraps the error that the library looks for).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// killedExitCode is what a container runtime reports for a process that was ended by SIGKILL.
const killedExitCode = 128 + int(syscall.SIGKILL)

func main() {
	address := flag.String("address", "127.0.0.1:0", "where to listen")
	certificate := flag.String("tls-cert-file", "", "certificate to present")
	key := flag.String("tls-private-key-file", "", "its private key")
	flag.Parse()

	commands := &commands{running: map[string]map[*os.Process]bool{}}
	routes := http.NewServeMux()
	routes.HandleFunc("/exec/{namespace}/{pod}/{container}", commands.exec)
	routes.HandleFunc("POST /kill/{namespace}/{pod}", commands.kill)
	routes.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "ok")
	})
	log.Fatal(http.ListenAndServeTLS(*address, *certificate, *key, routes))
}

// commands are the commands that run in pods, by pod.
type commands struct {
	lock    sync.Mutex
	running map[string]map[*os.Process]bool
}

func (c *commands) exec(w http.ResponseWriter, r *http.Request) {
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	pod := r.PathValue("namespace") + "/" + r.PathValue("pod")
	remotecommand.ServeExec(w, r, c, pod, "", r.PathValue("container"), r.URL.Query()["command"],
		options, time.Hour, 30*time.Second, remotecommand.SupportedStreamingProtocols)
}

// ExecInContainer runs a command on this machine; the library calls it with open streams.
func (c *commands) ExecInContainer(_ context.Context, pod, _, _ string, command []string,
	in io.Reader, out, errOut io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	process := exec.Command(command[0], command[1:]...)
	process.Stdin, process.Stdout, process.Stderr = in, out, errOut
	if err := process.Start(); err != nil {
		return fmt.Errorf("failed to exec in container: unable to start container process: %w", err)
	}
	c.add(pod, process.Process)
	defer c.remove(pod, process.Process)
	return asExitCode(process.Wait())
}

// asExitCode turns the end of a process into the error that the library makes an exit code of.
func asExitCode(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	code := exit.ExitCode()
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = killedExitCode
	}
	return utilexec.CodeExitError{Err: err, Code: code}
}

// kill ends every command of a pod, as the death of its containers would, and answers how many.
func (c *commands) kill(w http.ResponseWriter, r *http.Request) {
	c.lock.Lock()
	defer c.lock.Unlock()
	killed := 0
	for process := range c.running[r.PathValue("namespace")+"/"+r.PathValue("pod")] {
		if process.Kill() == nil {
			killed++
		}
	}
	_, _ = fmt.Fprint(w, killed)
}

func (c *commands) add(pod string, process *os.Process) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.running[pod] == nil {
		c.running[pod] = map[*os.Process]bool{}
	}
	c.running[pod][process] = true
}

func (c *commands) remove(pod string, process *os.Process) {
	c.lock.Lock()
	defer c.lock.Unlock()
	delete(c.running[pod], process)
}
