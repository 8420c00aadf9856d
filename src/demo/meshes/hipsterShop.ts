import type { JsonObject } from '../objects/json.ts';
import type { ServicePort } from './manifests.ts';
import { deployment, namespace, service } from './manifests.ts';

const shop = 'hipster-shop';
const registry = 'us-central1-docker.pkg.dev/google-samples/microservices-demo';

/** Service port and container port of the shop's gRPC services. */
const grpcServices: Readonly<Record<string, readonly [number, number]>> = {
  adservice: [9555, 9555],
  cartservice: [7070, 7070],
  checkoutservice: [5050, 5050],
  currencyservice: [7000, 7000],
  emailservice: [5000, 8080],
  paymentservice: [50051, 50051],
  productcatalogservice: [3550, 3550],
  recommendationservice: [8080, 8080],
  shippingservice: [50051, 50051],
};

/** The Hipster Shop, also known as Online Boutique. https://github.com/GoogleCloudPlatform/microservices-demo */
export function hipsterShop(): readonly JsonObject[] {
  const grpc = Object.entries(grpcServices).flatMap(([app, [port, targetPort]]) =>
    application(app, targetPort, [{ name: 'grpc', port, targetPort }]),
  );
  const http = [{ name: 'http', port: 80, targetPort: 8080 }];
  return [
    namespace(shop, { 'istio-injection': 'enabled' }),
    ...application('frontend', 8080, http),
    service(shop, 'frontend', http, { name: 'frontend-external', type: 'LoadBalancer' }),
    ...grpc,
    ...deployment(shop, {
      name: 'redis-cart',
      app: 'redis-cart',
      image: 'redis:alpine',
      containerPorts: [6379],
      serviceAccount: 'default',
      container: 'redis',
    }),
    service(shop, 'redis-cart', [{ name: 'tcp-redis', port: 6379 }]),
    ...deployment(shop, {
      name: 'loadgenerator',
      app: 'loadgenerator',
      image: `${registry}/loadgenerator:v0.10.3`,
      container: 'main',
    }),
  ];
}

function application(
  app: string,
  containerPort: number,
  ports: readonly ServicePort[],
): readonly JsonObject[] {
  const image = `${registry}/${app}:v0.10.3`;
  return [
    ...deployment(shop, {
      name: app,
      app,
      image,
      containerPorts: [containerPort],
      container: 'server',
    }),
    service(shop, app, ports),
  ];
}
