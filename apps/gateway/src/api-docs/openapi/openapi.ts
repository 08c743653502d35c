import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { completeDocument } from './complete-document.ts';
import { describeValidation } from './validated-properties.ts';

/** Serves the OpenAPI document at /openapi.json and a page to browse it at /docs. */
export function serveOpenApi(app: NestFastifyApplication): void {
  const options = new DocumentBuilder()
    .setTitle('Bulkhead')
    .setDescription(
      'A self-hosted, multi-user AI-agent server. Errors are problem details (RFC 9457). ' +
        'The Socket.IO protocol is described at [/asyncapi.json](/asyncapi.json).',
    )
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'This server.')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description:
        'An access token of a local account, an access token of an OpenID provider that the server trusts, or an API key (`bhk_…`).',
    })
    .build();
  describeValidation(new DiscoveryService(app.get(ModulesContainer)));
  const described = SwaggerModule.createDocument(app, options, {
    operationIdFactory: (controller, method) =>
      `${controller.replace('Controller', '').toLowerCase()}_${method}`,
  });
  SwaggerModule.setup('docs', app, completeDocument(described), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Bulkhead API',
  });
}
