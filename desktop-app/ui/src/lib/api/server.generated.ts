// Made from openapi/server.json by `npm run types`; do not edit.
export interface paths {
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The server's audit trail, newest first. */
        get: {
            parameters: {
                query?: {
                    cursor?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_AdminAuditRow"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clinics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The clinics, with their locations and how many documents of each kind they have. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_AdminClinic"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Adds a clinic. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewClinic"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AdminClinic"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/clinics/{id}/locations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Adds a location to a clinic. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The clinic */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewLocation"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Named"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/enrolment-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Draws a one-time code with which one node can enrol within 15 minutes. Shown once. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewEnrolmentCode"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EnrolmentCode"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says `changed` whenever something that the console shows has changed; carries nothing else. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": components["schemas"]["AdminEvent"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The nodes and how each is doing. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_AdminNode"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/nodes/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a node's right to connect away, for good. A live session ends within a second. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The node */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["RevokeNode"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/refusals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest changes that the server refused, with the reason. Ids only. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_AdminRefusal"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AdminSession"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Signs in. Wrong tries cost ever more time. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AdminSignIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AdminSession"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /** Signs out. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The people who sign in: at the console, and at the nodes of each clinic. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_AdminUser"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Adds a person to a clinic, with one role. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewUser"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AdminUser"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process runs and its database answers. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process runs. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures for Prometheus. From this machine only. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Requests are welcome. 503 while the server stops. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong, with a stable code */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A row of the server's audit trail. */
        AdminAuditRow: {
            /** @example node.revoke */
            action: string;
            /** @description A user's id, `operator` for the command line, `system`. */
            actor: string;
            /** Format: date-time */
            at: string;
            correlation_id: string;
            /** Format: int64 */
            id: number;
            /** @description `done` or `refused`. */
            outcome: string;
            resource: string;
        };
        /** @description A clinic as the console shows it. */
        AdminClinic: {
            /** @description Documents by kind, over all scopes of the clinic. */
            counts: {
                [key: string]: number;
            };
            id: string;
            /**
             * @description Code of the jurisdiction pack.
             * @example BR
             */
            jurisdiction: string;
            locations: components["schemas"]["Named"][];
            name: string;
        };
        /** @description The `data:` of the console's live events; the `event:` line carries the same word. */
        AdminEvent: {
            /** @enum {string} */
            type: "changed";
        };
        /** @description A node and how it is doing. */
        AdminNode: {
            /**
             * Format: int64
             * @description Changes the server holds that the node has not confirmed.
             */
            behind: number;
            /** Format: date-time */
            certificate_until: string;
            clinic: components["schemas"]["Named"];
            /**
             * Format: int64
             * @description The server's clock minus the node's, milliseconds.
             */
            clock_offset_ms?: number;
            /** Format: date-time */
            enrolled_at: string;
            id: string;
            /** @description It confirmed everything the server holds for it. */
            in_sync: boolean;
            /** Format: date-time */
            last_seen_at?: string;
            location?: components["schemas"]["Named"];
            name: string;
            online: boolean;
            /**
             * Format: int64
             * @description Changes of it that the server refused and keeps for a person to look at.
             */
            refused: number;
            /**
             * Format: int64
             * @description Times node and server had to compare everything since the server started.
             */
            repairs: number;
            /** Format: date-time */
            revoked_at?: string;
            /** @description Its software. */
            version?: string;
        };
        /** @description A change that the server refused. Ids only, never contents. */
        AdminRefusal: {
            document_id: string;
            /** @description Name of the kind. */
            kind: string;
            node_id: string;
            /**
             * @description Stable name of the reason.
             * @example missing_dependency
             */
            reason: string;
            /** Format: date-time */
            refused_at: string;
            /**
             * Format: int64
             * @description Bytes.
             */
            size: number;
        };
        /** @description Who is signed in at the console. */
        AdminSession: {
            /** @description Send it back as `x-posto-csrf` on every write. */
            csrf_token: string;
            /** Format: date-time */
            expires_at: string;
            user: components["schemas"]["AdminSessionUser"];
        };
        AdminSessionUser: {
            clinic?: components["schemas"]["Named"];
            email: string;
            id: string;
            name: string;
            role: string;
        };
        /** @description `POST /api/session` at the server. */
        AdminSignIn: {
            email: string;
            password: string;
        };
        /** @description A person who signs in at the nodes of a clinic, or at the console. */
        AdminUser: {
            clinic?: components["schemas"]["Named"];
            id: string;
            /** @description They may not sign in any more. */
            inactive: boolean;
            /** @description What they type to sign in. */
            login: string;
            name: string;
            roles: string[];
        };
        DuplicateCandidate: {
            patient: components["schemas"]["PatientSummary"];
            /** @description What agrees: `document`, `phone`, `name_and_birth_date`, `similar_name`, … */
            reasons: string[];
            /**
             * Format: double
             * @description 0 to 1.
             */
            score: number;
        };
        /** @description A one-time code, shown once. */
        EnrolmentCode: {
            /** @description SHA-256 of the certificate authority, hexadecimal. */
            ca_fingerprint: string;
            code: string;
            /** Format: date-time */
            expires_at: string;
        };
        /**
         * @description What went wrong, as a word that never changes its meaning. New codes may appear; a client that
         *     does not know one falls back to the HTTP status.
         * @enum {string}
         */
        ErrorCode: "invalid_request" | "validation_failed" | "possible_duplicates" | "not_found" | "unauthenticated" | "wrong_credentials" | "password_required" | "locked_out" | "administrator_required" | "forbidden" | "break_glass_required" | "record_restricted" | "csrf_rejected" | "heads_required" | "unknown_heads" | "quarantined" | "needs_newer_version" | "already_done" | "merge_refused" | "wrong_offset" | "content_mismatch" | "content_incomplete" | "unsupported_media_type" | "range_not_satisfiable" | "payload_too_large" | "rate_limited" | "method_not_allowed" | "not_ready" | "storage_unavailable" | "offline" | "timeout" | "internal";
        /** @description One field that breaks a rule. */
        FieldProblem: {
            /**
             * @description Path in the record, dots between keys: `documents.01J….value`.
             * @example birth_date
             */
            path: string;
            /**
             * @description Stable name of the broken rule; the screens translate it.
             * @example date_in_the_future
             */
            rule: string;
        };
        /** @description The answer of a probe. */
        Health: {
            /** @example ok */
            status: string;
            version: string;
        };
        Named: {
            id: string;
            name: string;
        };
        /** @description `POST /api/clinics`. */
        NewClinic: {
            jurisdiction: string;
            name: string;
        };
        /** @description `POST /api/enrolment-codes`. */
        NewEnrolmentCode: {
            clinic_id: string;
            location_id?: string;
        };
        /** @description `POST /api/clinics/{id}/locations`. */
        NewLocation: {
            name: string;
        };
        /** @description `POST /api/users`: a person of a clinic. */
        NewUser: {
            clinic_id: string;
            email?: string;
            location_id?: string;
            /** @description Made from the name when it is left out. */
            login?: string;
            name: string;
            password: string;
            role: string;
        };
        /** @description A page of a list. `next_cursor` is opaque: pass it back unchanged as `?cursor=`; absent on the last page. */
        Page_AdminAuditRow: {
            items: {
                /** @example node.revoke */
                action: string;
                /** @description A user's id, `operator` for the command line, `system`. */
                actor: string;
                /** Format: date-time */
                at: string;
                correlation_id: string;
                /** Format: int64 */
                id: number;
                /** @description `done` or `refused`. */
                outcome: string;
                resource: string;
            }[];
            next_cursor?: string;
            /**
             * Format: int64
             * @description How many there are in all, where counting is cheap; at most 10,000 are counted.
             */
            total?: number;
        };
        /** @description A page of a list. `next_cursor` is opaque: pass it back unchanged as `?cursor=`; absent on the last page. */
        Page_AdminClinic: {
            items: {
                /** @description Documents by kind, over all scopes of the clinic. */
                counts: {
                    [key: string]: number;
                };
                id: string;
                /**
                 * @description Code of the jurisdiction pack.
                 * @example BR
                 */
                jurisdiction: string;
                locations: components["schemas"]["Named"][];
                name: string;
            }[];
            next_cursor?: string;
            /**
             * Format: int64
             * @description How many there are in all, where counting is cheap; at most 10,000 are counted.
             */
            total?: number;
        };
        /** @description A page of a list. `next_cursor` is opaque: pass it back unchanged as `?cursor=`; absent on the last page. */
        Page_AdminNode: {
            items: {
                /**
                 * Format: int64
                 * @description Changes the server holds that the node has not confirmed.
                 */
                behind: number;
                /** Format: date-time */
                certificate_until: string;
                clinic: components["schemas"]["Named"];
                /**
                 * Format: int64
                 * @description The server's clock minus the node's, milliseconds.
                 */
                clock_offset_ms?: number;
                /** Format: date-time */
                enrolled_at: string;
                id: string;
                /** @description It confirmed everything the server holds for it. */
                in_sync: boolean;
                /** Format: date-time */
                last_seen_at?: string;
                location?: components["schemas"]["Named"];
                name: string;
                online: boolean;
                /**
                 * Format: int64
                 * @description Changes of it that the server refused and keeps for a person to look at.
                 */
                refused: number;
                /**
                 * Format: int64
                 * @description Times node and server had to compare everything since the server started.
                 */
                repairs: number;
                /** Format: date-time */
                revoked_at?: string;
                /** @description Its software. */
                version?: string;
            }[];
            next_cursor?: string;
            /**
             * Format: int64
             * @description How many there are in all, where counting is cheap; at most 10,000 are counted.
             */
            total?: number;
        };
        /** @description A page of a list. `next_cursor` is opaque: pass it back unchanged as `?cursor=`; absent on the last page. */
        Page_AdminRefusal: {
            items: {
                document_id: string;
                /** @description Name of the kind. */
                kind: string;
                node_id: string;
                /**
                 * @description Stable name of the reason.
                 * @example missing_dependency
                 */
                reason: string;
                /** Format: date-time */
                refused_at: string;
                /**
                 * Format: int64
                 * @description Bytes.
                 */
                size: number;
            }[];
            next_cursor?: string;
            /**
             * Format: int64
             * @description How many there are in all, where counting is cheap; at most 10,000 are counted.
             */
            total?: number;
        };
        /** @description A page of a list. `next_cursor` is opaque: pass it back unchanged as `?cursor=`; absent on the last page. */
        Page_AdminUser: {
            items: {
                clinic?: components["schemas"]["Named"];
                id: string;
                /** @description They may not sign in any more. */
                inactive: boolean;
                /** @description What they type to sign in. */
                login: string;
                name: string;
                roles: string[];
            }[];
            next_cursor?: string;
            /**
             * Format: int64
             * @description How many there are in all, where counting is cheap; at most 10,000 are counted.
             */
            total?: number;
        };
        /** @description One line of a result list. */
        PatientSummary: {
            birth_date?: string;
            /** @description The civil name, where it differs from `name`. */
            civil_name?: string;
            deceased: boolean;
            /** @description A document number to tell people of the same name apart, all but its last digits hidden. */
            document?: string;
            /** @description Allergies or alerts are on record. */
            has_alerts: boolean;
            id: string;
            /** @description Set where the record was merged into another one. */
            merged_into?: string;
            /** @description The name to call the person by: the social name where there is one. */
            name: string;
            phone?: string;
            /** @description The attachment that is the person's photo: `GET /api/patients/{id}/photo` shows it small. */
            photo?: string;
            record_number?: string;
            /**
             * @description Only the patient's own team opens the record. For everybody else the line says who the person is and nothing
             *     more: no telephone, sex, alerts or photo.
             */
            restricted?: boolean;
            sex?: string;
        };
        /** @description The body of every error answer, `application/problem+json`. */
        Problem: {
            code: components["schemas"]["ErrorCode"];
            /** @description Leads to the log line of this request. */
            correlation_id: string;
            /** @description With `possible_duplicates`. */
            duplicates?: components["schemas"]["DuplicateCandidate"][];
            fields?: components["schemas"]["FieldProblem"][];
            /**
             * Format: int64
             * @description With `wrong_offset`; bytes that the node already holds.
             */
            offset?: number;
            /**
             * Format: int64
             * @description With `locked_out` and `rate_limited`; seconds. Also sent as `Retry-After`.
             */
            retry_after_s?: number;
            /** Format: int32 */
            status: number;
            title: string;
            /** @description `urn:posto:problem:<code>`. */
            type: string;
        };
        /** @description `POST /api/nodes/{id}/revoke`; the body may be left out. */
        RevokeNode: {
            reason?: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
