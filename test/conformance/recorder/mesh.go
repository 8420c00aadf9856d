package main

import (
	"encoding/json"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/client-go/pkg/apis/networking/v1"
	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/schema/collections"
	kubelib "istio.io/istio/pkg/kube"
	"istio.io/istio/pkg/test"
)

// controlPlaneRevision is the revision whose answers are recorded.
const controlPlaneRevision = "default"

// Question is one mesh: its Kubernetes objects, its mesh config and the ports to ask about.
type Question struct {
	ID         int               `json:"id"`
	MeshConfig json.RawMessage   `json:"meshConfig"`
	Ports      []uint32          `json:"ports"`
	Objects    []json.RawMessage `json:"objects"`
}

// Answer is what Istio made of a mesh. Pods and WorkloadEntries are named "namespace/name",
// endpoints that a ServiceEntry writes out "namespace/address".
type Answer struct {
	// Inbound: server -> workload port -> composed mode (S, P or D) and, for sidecars, what the inbound
	// listener does with plaintext, Istio mutual TLS and other TLS (see inbound.go).
	Inbound map[string]map[string]string `json:"inbound"`
	// Ambient: pod -> workload port -> "a" or "d": ztunnel accepts or denies a peer without identity.
	Ambient map[string]map[string]string `json:"ambient,omitempty"`
	// Redirected: pod with annotations about it -> port -> whether its sidecar sees what comes in and
	// what goes out to it (see redirection.go).
	Redirected map[string]map[string]string `json:"redirected,omitempty"`
	// Clients: node with an Envoy -> cluster -> what it sends to each endpoint (see client.go).
	Clients map[string]map[string]string `json:"clients"`
}

// ambientKinds are read by the ambient index from Kubernetes itself.
var ambientKinds = []string{"PeerAuthentication", "ServiceEntry", "WorkloadEntry"}

type loadedMesh struct {
	nodes   []node
	objects []runtime.Object
	configs []config.Config
	options *meshconfig.MeshConfig
}

func answer(asked Question) (Answer, error) {
	given := Answer{}
	loaded, err := load(asked)
	if err != nil {
		return given, err
	}
	err = test.Wrap(func(t test.Failer) {
		server := xds.NewFakeDiscoveryServer(t, xds.FakeOptions{
			KubernetesObjects: loaded.objects,
			Configs:           loaded.configs,
			MeshConfig:        loaded.options,
		})
		given.Inbound = inboundAnswers(server, loaded.nodes, asked.Ports)
		given.Ambient = ambientAnswers(server, loaded.nodes, asked.Ports)
		given.Clients = clientAnswers(server, loaded.nodes)
	})
	if err != nil {
		return given, err
	}
	given.Redirected, err = redirectionAnswers(loaded.nodes, asked.Ports)
	return given, err
}

func load(asked Question) (*loadedMesh, error) {
	options, err := mesh.ApplyMeshConfigDefaults(string(asked.MeshConfig))
	if err != nil {
		return nil, err
	}
	loaded := &loadedMesh{options: options}
	for _, raw := range asked.Objects {
		if err := loaded.add(raw); err != nil {
			return nil, fmt.Errorf("%w in %s", err, raw)
		}
	}
	return loaded, nil
}

// add reads one object as Istio's controllers would: its own kinds into the config store, filtered by
// revision (the stores of the fake server do not filter); everything, as far as known, into Kubernetes.
func (loaded *loadedMesh) add(raw json.RawMessage) error {
	var kind crd.IstioKind
	if err := json.Unmarshal(raw, &kind); err != nil {
		return err
	}
	if !config.LabelsInRevision(kind.Labels, controlPlaneRevision) {
		return nil
	}
	gvk := kind.GroupVersionKind()
	schema, isIstio := collections.Pilot.FindByGroupVersionAliasesKind(config.FromKubernetesGVK(gvk))
	if isIstio {
		converted, err := crd.ConvertObject(schema, &kind, "cluster.local")
		if err != nil {
			return err
		}
		loaded.configs = append(loaded.configs, *converted)
	}
	object, _, err := kubelib.IstioCodec.UniversalDeserializer().Decode(raw, nil, nil)
	if err != nil {
		return err
	}
	switch known := object.(type) {
	case *corev1.Pod:
		loaded.nodes = append(loaded.nodes, nodeOfPod(known))
	case *networking.WorkloadEntry:
		loaded.nodes = append(loaded.nodes, nodeOfEntry(known))
	case *networking.ServiceEntry:
		loaded.nodes = append(loaded.nodes, nodesWritten(known)...)
	}
	if !isIstio || slices.Contains(ambientKinds, gvk.Kind) {
		loaded.objects = append(loaded.objects, object)
	}
	return nil
}
