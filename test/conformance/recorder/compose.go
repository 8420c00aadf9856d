package main

import (
	"slices"
	"strconv"
	"time"

	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pilot/pkg/security/authn"
	"istio.io/istio/pkg/test"
)

// Composition is what Istio composes for every pod at the asked ports, and how long that takes.
type Composition struct {
	// Milliseconds is the median of several rounds. Reading the objects and indexing the policies by
	// namespace, which Istio does once for every push, is not among it.
	Milliseconds float64 `json:"milliseconds"`
	// Modes: pod -> port -> S, P or D.
	Modes map[string]map[string]string `json:"modes"`
}

const composeRounds = 7

// compose asks Istio for the mode of each pod at the asked ports, as it does for each proxy: policies are
// looked up once for the pod, and then every port is asked for.
func compose(asked Question) (Composition, error) {
	given := Composition{Modes: map[string]map[string]string{}}
	loaded, err := load(asked)
	if err != nil {
		return given, err
	}
	pods := slices.DeleteFunc(loaded.nodes, func(one node) bool { return !one.isPod })
	var rounds []time.Duration
	err = test.Wrap(func(t test.Failer) {
		push := core.NewConfigGenTest(t, core.TestOptions{Configs: loaded.configs, MeshConfig: loaded.options}).PushContext()
		for range composeRounds {
			since := time.Now()
			for _, pod := range pods {
				policy := authn.NewMtlsPolicy(push, push.AuthnPolicies, pod.namespace, pod.labels, false)
				for _, port := range asked.Ports {
					if policy.GetMutualTLSModeForPort(port) == 0 {
						t.Fatal("no mode for " + pod.key())
					}
				}
			}
			rounds = append(rounds, time.Since(since))
		}
		for _, pod := range pods {
			policy := authn.NewMtlsPolicy(push, push.AuthnPolicies, pod.namespace, pod.labels, false)
			byPort := map[string]string{}
			for _, port := range asked.Ports {
				byPort[strconv.Itoa(int(port))] = modeLetter(policy.GetMutualTLSModeForPort(port))
			}
			given.Modes[pod.key()] = byPort
		}
	})
	if err != nil {
		return given, err
	}
	slices.Sort(rounds)
	given.Milliseconds = float64(rounds[len(rounds)/2].Microseconds()) / 1000
	return given, nil
}
