package main

import (
	"slices"
	"strconv"

	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/workloadapi"
	"istio.io/istio/pkg/workloadapi/security"
)

// ambientAnswers evaluates, for every pod that ztunnel serves, the policies Istio attaches to it for a
// peer without identity, as ztunnel does: any policy that denies denies, a key without a policy does nothing.
func ambientAnswers(server *xds.FakeDiscoveryServer, nodes []node, ports []uint32) map[string]map[string]string {
	if server.AmbientIndex == nil {
		return nil
	}
	policies := map[string]*security.Authorization{}
	for _, policy := range server.AmbientIndex.Policies(nil) {
		policies[policy.Authorization.GetNamespace()+"/"+policy.Authorization.GetName()] = policy.Authorization
	}
	workloads := map[string]*workloadapi.Workload{}
	for _, address := range server.AmbientIndex.All() {
		if workload := address.GetWorkload(); workload != nil {
			workloads[workload.GetNamespace()+"/"+workload.GetName()] = workload
		}
	}
	answers := map[string]map[string]string{}
	for _, one := range nodes {
		workload := workloads[one.key()]
		if workload == nil || one.annotations["ambient.istio.io/redirection"] != "enabled" {
			continue
		}
		byPort := map[string]string{}
		for _, port := range ports {
			byPort[strconv.Itoa(int(port))] = verdictLetter(workload.GetAuthorizationPolicies(), policies, port)
		}
		answers[one.key()] = byPort
	}
	return answers
}

func verdictLetter(keys []string, policies map[string]*security.Authorization, port uint32) string {
	for _, key := range keys {
		if policy := policies[key]; policy != nil && policy.GetAction() == security.Action_DENY && denies(policy, port) {
			return "d"
		}
	}
	return "a"
}

// denies: groups are alternatives, all rules of a group must hold, the matches of a rule are alternatives.
func denies(policy *security.Authorization, port uint32) bool {
	return slices.ContainsFunc(policy.GetGroups(), func(group *security.Group) bool {
		return !slices.ContainsFunc(group.GetRules(), func(rule *security.Rules) bool {
			return !slices.ContainsFunc(rule.GetMatches(), func(match *security.Match) bool {
				return matchesAnonymous(match, port)
			})
		})
	})
}

// matchesAnonymous: a peer without identity satisfies "no principal is present".
func matchesAnonymous(match *security.Match, port uint32) bool {
	if len(match.GetDestinationPorts()) > 0 && !slices.Contains(match.GetDestinationPorts(), port) {
		return false
	}
	return !slices.Contains(match.GetNotDestinationPorts(), port)
}
