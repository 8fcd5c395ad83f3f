// SPDX-License-Identifier: MIT
// otlp.cjs PACKAGES JSON PROTOBUF - decodes both by the published schema of OpenTelemetry and prints what they
// have as two lines of JSON, ids in base64; complains of a document that is not as the schema says.
'use strict';
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');

const [, , packages, json, protobuf] = process.argv;
const requireFrom = createRequire(join(packages, 'package.json'));
const root = requireFrom('@opentelemetry/otlp-transformer/build/src/generated/root');
const Request = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

// In OTLP's JSON ids are hexadecimal, where protobufjs expects base64.
function idsOf(value) {
  for (const [key, inner] of Object.entries(value)) {
    if (/^(traceId|spanId|parentSpanId)$/.test(key)) value[key] = Buffer.from(inner, 'hex');
    else if (inner && typeof inner === 'object') idsOf(inner);
  }
  return value;
}

const plain = (message) => JSON.stringify(Request.toObject(message, { longs: String, bytes: String }));

const document = JSON.parse(readFileSync(json, 'utf8'));
const wrong = Request.verify(idsOf(structuredClone(document)));
if (wrong) console.error(`the JSON is not as the schema says: ${wrong}`);
console.log(plain(Request.fromObject(idsOf(document))));
console.log(plain(Request.decode(readFileSync(protobuf))));
