package main

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	meshconfig "istio.io/api/mesh/v1alpha1"
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

// Answer is what Istio made of a mesh. Pods are named "namespace/name".
type Answer struct {
	// Inbound: pod -> workload port -> composed mode (S, P or D) and, for sidecars, what the inbound
	// listener does with plaintext, Istio mutual TLS and other TLS (see inbound.go).
	Inbound map[string]map[string]string `json:"inbound"`
	// Ambient: pod -> workload port -> "a" or "d": ztunnel accepts or denies a peer without identity.
	Ambient map[string]map[string]string `json:"ambient,omitempty"`
	// Clients: pod with an Envoy -> cluster -> what it sends to each endpoint (see client.go).
	Clients map[string]map[string]string `json:"clients"`
}

type loadedMesh struct {
	pods    []*corev1.Pod
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
		given.Inbound = inboundAnswers(server, loaded.pods, asked.Ports)
		given.Ambient = ambientAnswers(server, loaded.pods, asked.Ports)
		given.Clients = clientAnswers(server, loaded.pods)
	})
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
	if pod, isPod := object.(*corev1.Pod); isPod {
		loaded.pods = append(loaded.pods, pod)
	}
	if !isIstio || gvk.Kind == "PeerAuthentication" {
		loaded.objects = append(loaded.objects, object)
	}
	return nil
}
