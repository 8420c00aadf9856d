import { SECURITY_API_VERSION } from '../change/scaffold.ts';
import { isWhole, type LegacyPolicy } from '../decode/legacyPolicy.ts';
import { asObject, objectAt, objectsAt, stringAt, stringsAt, type Json } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Labels } from '../model/objects.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { targetedWorkloads } from './legacyTargets.ts';

/**
 * What a legacy policy says about tokens, as RequestAuthentications: one for each target, for its Service's pods (R210).
 * Ports and trigger rules have no place in them.
 */
export function requestAuthentications(
  mesh: Mesh,
  policy: LegacyPolicy,
  apiVersion: string = SECURITY_API_VERSION,
): readonly Manifest[] {
  const spec = asObject(policy.spec) ?? {};
  const methods = [...objectsAt(spec, 'origins'), ...objectsAt(spec, 'peers')];
  const jwtRules = methods.filter((method) => 'jwt' in method).map(ruleOf);
  if (jwtRules.length === 0) return [];
  const made = (name: string, selector: Labels | undefined): Manifest => ({
    apiVersion,
    kind: 'RequestAuthentication',
    metadata: { name, namespace: policy.namespace === '' ? mesh.rootNamespace : policy.namespace },
    spec: { ...(selector === undefined ? {} : { selector: { matchLabels: selector } }), jwtRules },
  });
  if (isWhole(policy)) return [made(policy.name, undefined)];
  const several = policy.targets.length > 1;
  return policy.targets.flatMap((target) => {
    const { selector } = targetedWorkloads(mesh, policy, target);
    const name = several ? `${policy.name}-${target.service}` : policy.name;
    return selector === undefined ? [] : [made(name, selector)];
  });
}

/** Source: istio.io/v1.4/docs/reference/config/security/istio.authentication.v1alpha1, Jwt; and JWTRule today. */
function ruleOf(method: Json): Json {
  const jwt = objectAt(method, 'jwt');
  const issuer = stringAt(jwt, 'issuer');
  const jwksUri = stringAt(jwt, 'jwksUri') ?? stringAt(jwt, 'jwks_uri');
  const jwks = stringAt(jwt, 'jwks');
  const audiences = stringsAt(jwt, 'audiences');
  const headers = [...stringsAt(jwt, 'jwtHeaders'), ...stringsAt(jwt, 'jwt_headers')];
  const params = [...stringsAt(jwt, 'jwtParams'), ...stringsAt(jwt, 'jwt_params')];
  return {
    ...(issuer === undefined ? {} : { issuer }),
    ...(audiences.length === 0 ? {} : { audiences }),
    ...(jwksUri === undefined ? {} : { jwksUri }),
    ...(jwks === undefined ? {} : { jwks }),
    ...(headers.length === 0 ? {} : { fromHeaders: headers.map((name) => ({ name })) }),
    ...(params.length === 0 ? {} : { fromParams: params }),
  };
}
