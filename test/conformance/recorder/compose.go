package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pilot/pkg/security/authn"
	"istio.io/istio/pkg/test"
)

// compose measures how long Istio itself takes to compose the modes of one pod of each workload at the
// asked ports: the median of several rounds, in milliseconds, without reading and indexing the policies.
func compose(asked Question) (float64, error) {
	loaded, err := load(asked)
	if err != nil {
		return 0, err
	}
	pods := slices.DeleteFunc(loaded.pods, func(pod *corev1.Pod) bool { return !strings.HasSuffix(pod.Name, "-0") })
	var rounds []time.Duration
	err = test.Wrap(func(t test.Failer) {
		push := core.NewConfigGenTest(t, core.TestOptions{Configs: loaded.configs, MeshConfig: loaded.options}).PushContext()
		for range 7 {
			since := time.Now()
			for _, pod := range pods {
				for _, port := range asked.Ports {
					policy := authn.NewMtlsPolicy(push, push.AuthnPolicies, pod.Namespace, pod.Labels, false)
					if policy.GetMutualTLSModeForPort(port) == 0 {
						t.Fatal(fmt.Sprintf("no mode for %s", podKey(pod)))
					}
				}
			}
			rounds = append(rounds, time.Since(since))
		}
	})
	slices.Sort(rounds)
	return float64(rounds[len(rounds)/2].Microseconds()) / 1000, err
}
