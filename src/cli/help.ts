import type { CommandName } from './options/options.ts';

const meshOptions = `Where the mesh comes from (at least one of the first two):
  -f, --filename PATH     a file, a folder (searched for .yaml, .yml and .json), or - for standard input;
                          may be given several times, a later object replaces an earlier one of the same name
      --context NAME      a context of your kubeconfig; with -f, the files are laid over what the cluster has
      --root-namespace N  Istio's root namespace, instead of what the mesh config says
      --mesh-config FILE  Istio's MeshConfig (YAML or JSON), instead of the ConfigMap among the objects
      --assume-injected [NS,...]
                          take these namespaces as injected where no Namespace is declared, or all such without NS;
                          without this option, what their pods are is unknown

How it is printed:
  -o, --output FORMAT     table (default), json or yaml; JSON and YAML carry "version": 1 and stay compatible
  -h, --help              this text
`;

const exitCodeText = `Exit codes:
  0  answered (for diff: nothing changes; for check: nothing as grave as --fail-on)
  1  diff: a mode or an outcome changes; check: a finding as grave as --fail-on; proxy: one differs from what is
     predicted, or something is wrong with it
  2  the command line is wrong, no input is YAML or JSON (nothing is answered), or one has a value without
     meaning (answered without it); standard error names the file, line and column
  3  the cluster could not be read
  4  diff only: no change is seen, but not everything could be read (a template counts as unread)
  5  answered without a part of the input that is no YAML or JSON; standard error names it
  70  a defect of istio-mtls itself, and no answer
  130  stopped by Ctrl-C
`;

const general = `istio-mtls tells what the mutual-TLS mode of anything in an Istio mesh really is, and what becomes of a connection.
It reads manifests, a cluster or a running proxy, and changes nothing.

Usage:
  istio-mtls check     PATH... [--context NAME] [--fail-on error|warning] [-o text|json|sarif|github|junit]
  istio-mtls effective (-f PATH... | --context NAME) [--namespace NS] [-o table|json|yaml]
  istio-mtls connect   (-f PATH... | --context NAME) --from NS/WORKLOAD --to HOST:PORT
  istio-mtls connect   (-f PATH... | --context NAME) --matrix [--namespace NS]
  istio-mtls explain   (-f PATH... | --context NAME) KIND/NS/NAME[:PORT]...
  istio-mtls diff      -f BEFORE -f AFTER | --base PATH --apply PATH | --context NAME --apply PATH
  istio-mtls convert   -f PATH... [--context NAME]
  istio-mtls proxy     --context NAME NS/POD...
  istio-mtls rollout   (-f PATH... | --context NAME) [--namespace NS] [--guardrail]
  istio-mtls why       --context NAME --from WORKLOAD --to SERVICE [--since 1h]

Examples:
  istio-mtls check manifests/
      every mistake about mutual TLS, with its place, a code and a page
  istio-mtls effective -f manifests/
      the mode of the mesh, of each namespace and of each workload port, and the policy that decided it
  istio-mtls connect -f manifests/ --from legacy/sleep --to httpbin.foo:8000
      whether that request is mutual TLS, plaintext or refused, by whom and why
  kubectl get pods,svc,peerauthentications -A -o json | istio-mtls effective -f -
      the same for what kubectl can read
  istio-mtls diff --context production -f strict.yaml
      whose mode or connection changes if strict.yaml is applied
  istio-mtls convert -f old-policies.yaml -f manifests/ > peer-authentications.yaml
      what became of policies of Istio before 1.6, as PeerAuthentications to review and apply

${meshOptions}
istio-mtls COMMAND --help tells more about one command. istio-mtls completion bash|zsh|fish prints what makes that shell
complete them: source <(istio-mtls completion bash).

${exitCodeText}`;

const check = `istio-mtls check: mistakes about mutual TLS in manifests, with the place of each.

Usage: istio-mtls check PATH... [--context NAME] [-o text|json|sarif|github|junit] [--fail-on error] [--baseline FILE]

PATH is a file, a folder, or - for standard input. The files are judged together: by themselves, or with --context laid over
what the cluster has. Each kind of mistake has a code and a page. A comment "# istio-mtls-ignore CODE" above a line,
the annotation kiali.io/ignore-validations, and Istio's galley.istio.io/analyze-suppress take findings out.

      --fail-on SEVERITY  end with exit code 1 from which gravity on: error (default), warning, information, hint, never
      --baseline FILE     leave out the findings that FILE has, which check -o json printed before
      --fix               mend what can be mended without changing what happens in the mesh; the files are written
      --dry-run           with --fix: write nothing, and say what would be mended
  -o, --output FORMAT     text (default), json; sarif (2.1.0) for code scanning, github for annotations in a workflow,
                          junit for test reports

${meshOptions}
${exitCodeText}`;

const effective = `istio-mtls effective: the effective mode of the mesh, its namespaces, its workloads and their ports.

Usage: istio-mtls effective (-f PATH... | --context NAME) [--namespace NS] [-o table|json|yaml]

The mode is composed from every PeerAuthentication as Istio composes it: the workload's own policy before that of its
namespace before that of the mesh; the oldest of several; PERMISSIVE if nothing says otherwise. What a workload really
accepts is shown beside it, because a policy on a workload without a proxy enforces nothing.

  -n, --namespace NS      show this namespace only (everything is still read: other namespaces decide too)

${meshOptions}
${exitCodeText}`;

const connect = `istio-mtls connect: what becomes of a connection between a client and a service.

Usage: istio-mtls connect (-f PATH... | --context NAME) --from NS/WORKLOAD... --to HOST:PORT...
       istio-mtls connect (-f PATH... | --context NAME) --matrix [--from ...] [--to ...] [--namespace NS]

      --from NS/WORKLOAD  the client: a workload by namespace and name, KIND/NS/NAME where the name alone is
                          ambiguous, or "outside" for a client outside the mesh; may be given several times
      --to HOST:PORT      the service as the client calls it: httpbin.foo:8000 or
                          httpbin.foo.svc.cluster.local:8000, always with the Service's port
      --matrix            every client with every port of every Service and of every host of a ServiceEntry;
                          --from and --to narrow it
  -n, --namespace NS      with --matrix: only clients and services of this namespace
  -o wide | markdown      a line with the reasons for each connection; a table for a pull request

A matrix is printed as a grid: a symbol for each outcome, and clients or services that fare alike as one row or column.

Outcomes: mutual-tls, tls (one-way), plaintext, refused (by client or server), unknown (with what is missing to know).
A service whose endpoints differ gives one line for each distinct outcome with its share of the endpoints.

${meshOptions}
${exitCodeText}`;

const explain = `istio-mtls explain: why a mode is what it is, and why every other policy lost.

Usage: istio-mtls explain (-f PATH... | --context NAME) KIND/NS/NAME[:PORT]...

  Deployment/foo/httpbin        a workload (any kind that makes pods, or a Pod)
  Deployment/foo/httpbin:8080   one port of it (the port the process listens on, not the Service's)
  Namespace/foo                 a namespace
  mesh                          the whole mesh
  PeerAuthentication/foo/strict what a policy decides, and where another one does
  DestinationRule/foo/httpbin   what it makes clients send, and which clients follow it
  Service/foo/httpbin[:8000]    the modes behind its ports, and what happens to its clients

${meshOptions}
${exitCodeText}`;

const diff = `istio-mtls diff: whose mode or connection changes.

Usage: istio-mtls diff -f BEFORE -f AFTER
       istio-mtls diff --base PATH... --apply PATH...   what applying files over files would change
       istio-mtls diff --context NAME -f AFTER      what applying AFTER to the cluster would change

BEFORE and AFTER are files or folders; each is a whole mesh. With --base and --apply, what is applied is laid over the
base: an object of the same name takes the place of the other, and nothing is deleted. Connections are those of all
workloads, and of a client outside the mesh, to all Services and hosts of ServiceEntries.
Ends with exit code 1 if anything changes, so that a pipeline can stop on it.

      --evidence            put first who is refused of those who were seen to call, then the merely possible, then
                            what nothing is known of; read from a Prometheus, with --context or by --prometheus
      --prometheus PLACE    NAMESPACE/SERVICE[:PORT] in the cluster, or an address that begins with https://, for
                            which ISTIO_MTLS_PROMETHEUS_AUTHORIZATION in the environment holds the header
      --window TIME         how far back to look, from 1h to 30d; 24h without it

${meshOptions}
${exitCodeText}`;

const rollout = `istio-mtls rollout: how far each namespace is on its way to STRICT, and in which order to go on. It only reports.

Usage: istio-mtls rollout (-f PATH... | --context NAME) [-n NS] [-o table|json|yaml|markdown]
       istio-mtls rollout (-f PATH... | --context NAME) --guardrail

Each namespace is exactly one of: done (it is STRICT; exceptions are listed), ready (every server was heard of, and none reported
plaintext), blocked (by callers that were seen, who are named), no evidence, and not in the mesh (no pod has a proxy). Without
observed traffic no namespace is called ready: that nobody was seen is no proof that nobody calls.

  -n, --namespace NS      this namespace only
      --evidence          read who really calls, as for diff; with --prometheus PLACE and --window TIME
      --guardrail         a ValidatingAdmissionPolicy and its binding, to apply: finished namespaces, as they are listed with their
                          exceptions, can no longer be weakened

${meshOptions}
${exitCodeText}`;

const convert = `istio-mtls convert: policies of authentication.istio.io (Policy, MeshPolicy) as PeerAuthentications.

Usage: istio-mtls convert -f PATH... [--context NAME] [-n NS] [-o yaml|table|json]

Istio has ignored these kinds since 1.6. The old policies come from files; they name Services, which a PeerAuthentication
cannot: give the Services and their workloads too, by -f or --context. Nothing is written anywhere.

  -n, --namespace NS  the namespace of policies that name none, as with kubectl; default without it

  -o yaml    the new policies, to review and apply, with a RequestAuthentication for what is said about tokens; above
             them, as comments, those of the old policies and what the new ones cannot say (default)
  -o table   every Service port within their reach: its mode under Istio 1.4 and 1.5, and with the new policies
  -o json    both, and every remark

${meshOptions}
${exitCodeText}`;

const proxy = `istio-mtls proxy: what a running proxy has, beside what the objects of the mesh say that it should have.

Usage: istio-mtls proxy --context NAME NS/POD | NS/WORKLOAD...

Asks Istio's agent in the container istio-proxy of each pod, with fixed commands, for listeners, clusters, endpoints and
certificates, and the pods of istiod for what the proxy has acknowledged. That needs the right to create pods/exec in the
namespaces of the pods, and of istiod; without the second, the acknowledgement is unknown. The table of hosts has the
columns of istioctl's old \`authn tls-check\`:

  STATUS   OK, AUTO (it works, and no DestinationRule says what is sent), CONFLICT (the servers refuse it), DRIFT (the
           proxy sends something else than the objects say) or UNKNOWN
  SERVER   the modes of the ports that the host leads to; - where none has a proxy
  CLIENT   what the proxy sends: ISTIO_MUTUAL, SIMPLE, MUTUAL, HBONE, or DISABLE for what the application sends

Of several pods, roots that not all of them trust are named. Ends with exit code 1 where a proxy differs or something is
wrong with it.

${meshOptions}
${exitCodeText}`;

const why = `istio-mtls why: which change made a connection be refused, whose it was and when, and what would undo it.

Usage: istio-mtls why --context NAME --from WORKLOAD --to SERVICE [--since 1h]

      --from WORKLOAD     the client: NAMESPACE/NAME, a name that only one workload has, or "outside"
      --to SERVICE        the server: HOST:PORT, or all ports of NAMESPACE/NAME or of a name that only one Service has
      --since TIME        how long ago a change may be: 30m, 1h (default), 7d

The fields that decide are read with their managed fields, which name who wrote them and when. All connections that the
same object refuses are listed, and a change of that one field which helps, if there is one; nothing is written. What the
objects of the mesh do not refuse, no change of mTLS explains.

${meshOptions}
${exitCodeText}`;

const topics: Readonly<Record<CommandName, string>> = {
  check,
  effective,
  connect,
  explain,
  diff,
  convert,
  rollout,
  proxy,
  why,
};

/** The help of one command, or of the program. */
export function helpText(topic: CommandName | undefined): string {
  return topic === undefined ? general : topics[topic];
}
