// Starts Swagger UI on this host's own document. A file of its own, so that the page needs no inline script.
"use strict";

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  filter: true,
  persistAuthorization: false, // a pasted token lives as long as the page, and is written nowhere
  queryConfigEnabled: false, // ?url= in a link must not show another host's document here
  tryItOutEnabled: true,
  validatorUrl: null, // the default sends the document to a public validator
});
