import { decodeLabelSelector } from '../config/labelSelector.ts';
import {
  arrayAt,
  asObject,
  asPort,
  objectAt,
  objectsAt,
  stringAt,
  type Json,
} from '../model/json.ts';
import type { GatewayListener, KubernetesGateway } from '../model/objects.ts';
import type { AllowedNamespaces } from '../model/spec/networking.ts';
import type { Meta } from './objectMeta.ts';

/** A Gateway of the Gateway API (R97). */
export function decodeKubernetesGateway(object: Json, meta: Meta): KubernetesGateway {
  const spec = objectAt(object, 'spec');
  const status = asObject(object['status']);
  const isOnlyWritten = meta.origin.kind === 'file' && status === undefined;
  return {
    kind: 'KubernetesGateway',
    ...meta,
    className: stringAt(spec, 'gatewayClassName') ?? '',
    listeners: objectsAt(spec, 'listeners').flatMap(decodeListener),
    hasAddress: isOnlyWritten || arrayAt(status ?? {}, 'addresses').length > 0,
  };
}

function decodeListener(fields: Json): readonly GatewayListener[] {
  const port = asPort(fields['port']);
  if (port === undefined) return [];
  const name = stringAt(fields, 'name') ?? '';
  const protocol = stringAt(fields, 'protocol') ?? '';
  return [{ name, port, protocol, allowed: decodeAllowed(objectAt(fields, 'allowedRoutes')) }];
}

/** Only its own namespace, where a listener says nothing. */
function decodeAllowed(allowedRoutes: Json): AllowedNamespaces {
  const namespaces = objectAt(allowedRoutes, 'namespaces');
  switch (stringAt(namespaces, 'from')) {
    case 'All':
      return { from: 'All' };
    case 'Selector':
      return { from: 'Selector', selector: decodeLabelSelector(namespaces['selector']) };
    default:
      return { from: 'Same' };
  }
}
