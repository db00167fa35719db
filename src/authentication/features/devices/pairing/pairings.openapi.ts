import { applyDecorators } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { ApiSecurity } from '../../../core/openapi/annotations.js';
import { Documented } from '../../../http/openapi/documented.js';
import { DeviceView } from '../device.view.js';
import { DEVICES } from '../devices.openapi.js';
import { DeviceNameDto } from '../dto/name.dto.js';
import { ClaimPairingDto } from './dto/claim-pairing.dto.js';
import { PairingStatusView, PairingView } from './pairing.view.js';

const PAIRING_TOKEN = 'pairing_token';

/** A pairing token is not the token of a session: it is valid for one route, where no other token is. */
export function addPairingScheme({ components }: OpenAPIObject): void {
  Object.assign(components?.securitySchemes ?? {}, {
    [PAIRING_TOKEN]: {
      type: 'http',
      scheme: 'bearer',
      description: 'The token that a device got with its pairing code.',
    },
  });
}

export const RequestPairingDocs = (): MethodDecorator =>
  Documented({
    id: 'requestPairing',
    group: DEVICES,
    summary: 'Request a pairing code, as a device on which nobody can type a password',
    details:
      'The device shows the code, which is valid for ten minutes, and meanwhile polls `/devices/pairings/current`.',
    body: DeviceNameDto,
    answers: { 201: { description: 'The code to show and the token to poll with.', type: PairingView } },
    problems: { 429: ['too_many_requests'], 503: ['overloaded'] },
  });

export const PollPairingDocs = (): MethodDecorator =>
  applyDecorators(
    ApiSecurity(PAIRING_TOKEN),
    Documented({
      id: 'pollPairing',
      group: DEVICES,
      summary: 'Ask whether the device is paired, as the device that shows the code',
      details:
        'Send the pairing token. Once the code has been typed, one answer holds the device and its token; it is not given again. A request within `interval` seconds of the last one is answered 429.',
      answers: {
        200: { description: 'The status of the pairing: pending or paired.', type: PairingStatusView },
      },
      problems: {
        400: ['invalid_token'],
        401: ['authentication_required'],
        429: ['too_many_requests'],
      },
    }),
  );

export const ClaimPairingDocs = (): MethodDecorator =>
  Documented({
    id: 'claimPairing',
    group: DEVICES,
    summary: 'Pair a device with the code that it shows',
    details:
      'Upper and lower case, spaces and dashes in the code do not count. The device is yours from now on, and you are told by email.',
    caller: 'session',
    body: ClaimPairingDto,
    answers: { 200: { description: 'The device.', type: DeviceView } },
    problems: { 404: ['device_not_found'], 429: ['too_many_requests'] },
  });
