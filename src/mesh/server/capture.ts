import type { ProxyDefaults } from '../model/meshConfig.ts';
import type { PodShape } from '../model/objects.ts';

const INCLUDE = 'traffic.sidecar.istio.io/includeInboundPorts';
const EXCLUDE = 'traffic.sidecar.istio.io/excludeInboundPorts';
const ENVOY_METRICS = 15090;
const ENVOY_HEALTH = 15021;

/** Whether the sidecar sees what arrives at a port; nothing is enforced on a port that it does not see (R40, R54, R55, R56). */
export function isPortCaptured(shape: PodShape, port: number, defaults: ProxyDefaults): boolean {
  if (shape.annotations['sidecar.istio.io/interceptionMode'] === 'NONE') return false; // R48
  if (port === ENVOY_METRICS || port === ENVOY_HEALTH || port === statusPort(shape)) return false;
  const include = includedPorts(shape, defaults);
  if (include !== '*') return listsPort(include, port);
  const exclude =
    shape.annotations[EXCLUDE] ?? shape.redirect?.exclude ?? defaults.excludeInboundPorts;
  return exclude === '' || !listsPort(exclude, port);
}

/** No inbound port at all is captured. */
export function capturesNothing(shape: PodShape, defaults: ProxyDefaults): boolean {
  const none = shape.annotations['sidecar.istio.io/interceptionMode'] === 'NONE';
  return none || includedPorts(shape, defaults).trim() === '';
}

function includedPorts(shape: PodShape, defaults: ProxyDefaults): string {
  return shape.annotations[INCLUDE] ?? shape.redirect?.include ?? defaults.includeInboundPorts;
}

/** 15020 unless an annotation moves it; 0 turns it off (R55). */
function statusPort(shape: PodShape): number | undefined {
  const asked = shape.annotations['status.sidecar.istio.io/port'];
  if (asked === undefined) return 15020;
  return Number(asked) === 0 ? undefined : Number(asked);
}

function listsPort(list: string, port: number): boolean {
  return list.split(',').some((item) => item.trim() !== '' && Number(item) === port);
}
