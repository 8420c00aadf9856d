package main

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	api "istio.io/api/networking/v1alpha3"
	networking "istio.io/client-go/pkg/apis/networking/v1"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/test/xds"
)

// node is a pod, or the machine of a WorkloadEntry.
type node struct {
	namespace, name, address string
	labels, annotations      map[string]string
	// envoy is which kind of Envoy runs there; "" for none.
	envoy model.NodeType
	isPod bool
	// isWritten: an endpoint that a ServiceEntry writes out, which is asked as a server alone.
	isWritten bool
}

func (one node) key() string {
	return one.namespace + "/" + one.name
}

func nodeOfPod(pod *corev1.Pod) node {
	return node{
		namespace: pod.Namespace, name: pod.Name, address: pod.Status.PodIP,
		labels: pod.Labels, annotations: pod.Annotations, envoy: envoyType(pod), isPod: true,
	}
}

// nodesWritten are the endpoints that a ServiceEntry writes out, named by their addresses.
func nodesWritten(entry *networking.ServiceEntry) []node {
	var nodes []node
	for _, written := range entry.Spec.GetEndpoints() {
		made := machine(entry.Namespace, written.GetAddress(), written, written.GetLabels())
		made.isWritten = true
		nodes = append(nodes, made)
	}
	return nodes
}

// nodeOfEntry: the labels of a WorkloadEntry itself go over those of its spec, as Istio merges them.
func nodeOfEntry(entry *networking.WorkloadEntry) node {
	labels := map[string]string{}
	maps.Copy(labels, entry.Spec.GetLabels())
	maps.Copy(labels, entry.Labels)
	return machine(entry.Namespace, entry.Name, &entry.Spec, labels)
}

// machine has an Envoy where Istio lets its clients believe so.
func machine(namespace, name string, spec *api.WorkloadEntry, labels map[string]string) node {
	made := node{namespace: namespace, name: name, address: spec.GetAddress(), labels: labels}
	mode, labelled := labels["security.istio.io/tlsMode"]
	if mode == "istio" || !labelled && spec.GetServiceAccount() != "" {
		made.envoy = model.SidecarProxy
	}
	return made
}

func envoyType(pod *corev1.Pod) model.NodeType {
	for _, container := range pod.Spec.Containers {
		if container.Name != "istio-proxy" {
			continue
		}
		if slices.Contains(container.Args, "router") {
			return model.Router
		}
		return model.SidecarProxy
	}
	return ""
}

func proxyOf(server *xds.FakeDiscoveryServer, one node) *model.Proxy {
	return server.SetupProxy(&model.Proxy{
		Type:            one.envoy,
		ID:              one.name + "." + one.namespace,
		ConfigNamespace: one.namespace,
		Labels:          one.labels,
		IPAddresses:     []string{one.address},
		Metadata: &model.NodeMetadata{
			IstioVersion: "1.31.0",
			ClusterID:    "Kubernetes",
			Namespace:    one.namespace,
			Labels:       one.labels,
		},
	})
}
