// Made from openapi/node.json by `npm run types`; do not edit.
export interface paths {
    "/api/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A patient's files, newest first. */
        get: {
            parameters: {
                query: {
                    patient: string;
                    cursor?: string;
                    limit?: number;
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
                        "application/json": components["schemas"]["Page_Attachment"];
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
        /** Announces a file; its content follows in pieces. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["StartAttachment"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Attachment"];
                    };
                };
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                422: {
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
    "/api/attachments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A file, or how far its upload is. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Attachment"];
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
        /** Takes a file away, or gives its upload up. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
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
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/attachments/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The content of a file, or a range of it. */
        get: {
            parameters: {
                query?: never;
                header?: {
                    Range?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": number[];
                    };
                };
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                416: {
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
        /** The next piece of a file. Without `Content-Range` the body is the whole file. */
        put: {
            parameters: {
                query?: never;
                header?: {
                    /** @description bytes a-b/size */
                    "Content-Range"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/octet-stream": number[];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Attachment"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                415: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                422: {
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
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/attachments/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A picture, a PDF, or the beginning of a text. 404 for what has no preview. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/*": number[];
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
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what on this node, newest first. A page may be short while another follows. */
        get: {
            parameters: {
                query?: {
                    /** @description Only rows about this patient's record. */
                    patient?: string;
                    /** @description Only what this person did. */
                    user?: string;
                    /** @description Only this action (`patient.read`); with a dot at the end all that begin so (`break_glass.`). */
                    action?: string;
                    /** @description RFC 3339: not before. */
                    from?: string;
                    /** @description RFC 3339: before. */
                    to?: string;
                    /** @description `true` when the rows are about to leave the building: the trail says `audit.export` then. */
                    export?: boolean;
                    cursor?: string;
                    limit?: number;
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
                        "application/json": components["schemas"]["Page_AuditEntry"];
                    };
                };
                403: {
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
    "/api/audit/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whom the trail can be filtered by. */
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
                        "application/json": components["schemas"]["Page_Named"];
                    };
                };
                403: {
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
    "/api/conflicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fields with competing values, safety-critical ones first. */
        get: {
            parameters: {
                query?: {
                    /** @description `open` (if absent) or `resolved`. */
                    state?: string;
                    /** @description Only those of this patient's record. */
                    patient?: string;
                    cursor?: string;
                    limit?: number;
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
                        "application/json": components["schemas"]["Page_Conflict"];
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
    "/api/conflicts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of them. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Conflict"];
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
    "/api/conflicts/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decides: one of the values, or another one. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ResolveConflict"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Conflict"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                422: {
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
    "/api/conflicts/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a decision of this session back: another of the values becomes the record's, as a new edit. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UndoConflict"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Conflict"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                422: {
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
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changed, as it happens. Names ids only. `resync` means that events were missed. */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The last event that was seen */
                    "last-event-id"?: string;
                };
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
                        "text/event-stream": components["schemas"]["LiveEvent"];
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
    "/api/patients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Finds patients by anything that is known of them; those changed last without a query. */
        get: {
            parameters: {
                query?: {
                    /**
                     * @description Names, phone or document digits, record number, birth date; accents, order, punctuation and one typo do
                     *     not matter. Empty: those changed last.
                     */
                    q?: string;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description 1 to 100, 20 if absent. */
                    limit?: number;
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
                        "application/json": components["schemas"]["Page_PatientSummary"];
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
        /** Registers a patient. Possible duplicates are answered first, unless the person says that it is somebody else. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RegisterPatient"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Patient"];
                    };
                };
                422: {
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
    "/api/patients/duplicates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Whom the person in the form could already be. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CheckDuplicates"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Duplicates"];
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
    "/api/patients/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A patient's record, now or as it was. */
        get: {
            parameters: {
                query?: {
                    /** @description RFC 3339 time, or hashes of changes joined by commas. */
                    as_of?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Patient"];
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
        /** Changes a record: a JSON merge patch (RFC 7396), made at the heads in `If-Match` and merged. */
        patch: {
            parameters: {
                query?: never;
                header: {
                    /** @description The heads that the client saw */
                    "If-Match": string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PatientRecord"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Patient"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                412: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                428: {
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
        trace?: never;
    };
    "/api/patients/{id}/break-glass": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Declares an emergency: opens this record for three hours, in this session. Every look at it is flagged. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BreakGlass"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Emergency"];
                    };
                };
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                422: {
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
    "/api/patients/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who changed what and when, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description 1 to 100, 20 if absent. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_HistoryEntry"];
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
    "/api/patients/{id}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Joins another record into this one. Can be undone. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MergePatients"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Patient"];
                    };
                };
                422: {
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
    "/api/patients/{id}/photo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The patient's face, 96 pixels square. 404 without a photo, 409 while it is not on this node yet. */
        get: {
            parameters: {
                query?: {
                    of?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": number[];
                    };
                };
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
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
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/patients/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to the patient, newest first. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description 1 to 100, 20 if absent. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Page_TimelineEntry"];
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
    "/api/patients/{id}/unmerge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Separates a record that was merged into this one. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UnmergePatients"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Patient"];
                    };
                };
                422: {
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
                        "application/json": components["schemas"]["Session"];
                    };
                };
                401: {
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
        /** Signs in with name and password; works without the server. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                429: {
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
    "/api/session/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Sets the own PIN. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SetPin"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                422: {
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
        /** Another person takes over this desk with their PIN. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SwitchByPin"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                401: {
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
    "/api/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The clinic as the screens need it. */
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
                        "application/json": components["schemas"]["Settings"];
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
    "/api/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How this node stands with the server. */
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
                        "application/json": components["schemas"]["SyncStatus"];
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
    "/api/sync/now": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Syncs at once: connects where there is no connection, verifies where there is one. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SyncStatus"];
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
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/switchable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People who may take over this desk by PIN. */
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
                        "application/json": components["schemas"]["SwitchableUsers"];
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
        /** Figures for Prometheus. From this machine only: they say how busy a clinic is. */
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
        /** Requests are welcome. 503 while the node stops. */
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
        /** @description A postal address. */
        Address: {
            city?: string;
            /** @description IBGE code of the municipality (BR) or another official one. */
            city_code?: string;
            complement?: string;
            /** @description ISO 3166-1 alpha-2. */
            country?: string;
            district?: string;
            latitude?: string;
            longitude?: string;
            number?: string;
            postal_code?: string;
            state?: string;
            street?: string;
            /** @description The whole address, where it came as one text. */
            text?: string;
            /** @description `home`, `work`, `billing`, `temporary`, `old`. */
            use?: string;
        };
        /** @description Something to see before anything else. */
        Alert: {
            /** @description `info`, `warning`, `critical`. */
            severity?: string;
            text: string;
            until?: string;
        };
        /** @description An allergy or intolerance. Absent status means active. */
        Allergy: {
            /** @description `food`, `medication`, `environment`, `biologic`. */
            category?: string;
            code?: string;
            /** @description `low`, `high`, `unable_to_assess`. */
            criticality?: string;
            /** @description In words; several separated by `; `. */
            reactions?: string;
            since?: string;
            source?: string;
            /** @description `active`, `recurrence`, `relapse`, `inactive`, `remission`, `resolved`, `refuted`, `entered_in_error`. */
            status?: string;
            substance: string;
            system?: string;
        };
        /** @description A file of a patient. */
        Attachment: {
            /** Format: date-time */
            created_at: string;
            description?: string;
            /** @description Whether `/preview` answers an image. */
            has_preview: boolean;
            /** @description BLAKE3 of the content, hexadecimal; absent until the upload is complete. */
            hash?: string;
            id: string;
            media_type: string;
            name: string;
            patient_id: string;
            /**
             * Format: int64
             * @description Bytes that this node holds. An upload continues here.
             */
            received: number;
            /** Format: int64 */
            size: number;
            state: components["schemas"]["AttachmentState"];
        };
        /** @enum {string} */
        AttachmentState: "uploading" | "ready" | "elsewhere";
        /** @description One row of the trail, newest first in lists. */
        AuditEntry: {
            /** @description `patient.read`, `patient.update`, `break_glass.use`, …; the policies' word alone where it was refused. */
            action: string;
            /** Format: date-time */
            at: string;
            /** @description What else belongs to it: paths of changed fields, how many were found. Never contents. */
            detail?: string;
            /** @description `ok` or `refused`. */
            outcome: string;
            /** @description Kind and id of what was touched. */
            record?: string;
            role?: string;
            /** Format: int64 */
            seq: number;
            user_id?: string;
            user_name: string;
            /** @description The reason given, where one is asked for: an emergency, an export. */
            why?: string;
        };
        Author: {
            /** @description Name to show: the user's, or `import`, `system`. */
            name: string;
            /** @description Id of the user; absent for imports and the system itself. */
            user_id?: string;
        };
        /**
         * @description `POST /api/patients/{id}/break-glass`: opens one record for three hours, in this session only. Every look at it is
         *     flagged in the audit trail, with the reason.
         */
        BreakGlass: {
            /** @description What happened, 10 to 500 characters. */
            reason: string;
        };
        /** @description `POST /api/patients/duplicates`: asks before saving, while the form is being filled in. */
        CheckDuplicates: {
            record: components["schemas"]["PatientRecord"];
        };
        /** @description A diagnosis or problem. Absent status means active. */
        Condition: {
            /** @description ICD-10 unless `system` says otherwise. */
            code?: string;
            since?: string;
            source?: string;
            /** @description As an allergy's. */
            status?: string;
            system?: string;
            text: string;
            until?: string;
        };
        /** @description One field with competing values; `GET /api/conflicts` lists them, safety-critical ones first. */
        Conflict: {
            /** @description Whether the reader decided it in this session: `undo` takes it back. */
            can_undo?: boolean;
            /** Format: date-time */
            detected_at: string;
            document_id: string;
            /** @description `patient`, `attachment`, … */
            document_kind: string;
            id: string;
            /** @description Path in the record, dots between keys. */
            path: string;
            /** @description Name to show, where the reader may see it. */
            patient_name?: string;
            /** Format: date-time */
            resolved_at?: string;
            resolved_by?: components["schemas"]["Author"];
            /** @description Allergies, doses, amounts: never settled by itself. */
            safety_critical: boolean;
            state: components["schemas"]["ConflictState"];
            values: components["schemas"]["ConflictValue"][];
        };
        /** @enum {string} */
        ConflictState: "open" | "resolved";
        /** @description One of the competing values: who wrote it and when. */
        ConflictValue: {
            /** Format: date-time */
            at: string;
            author: components["schemas"]["Author"];
            /** @description Names the value in `resolve`. */
            choice: string;
            /** @description The one that is shown meanwhile. */
            current: boolean;
            /** @description Null where one side removed the field. */
            value: unknown;
        };
        DocumentType: {
            /** @description As it stands in the record: `cpf`, `ssn`, `passport`, … */
            code: string;
            label: string;
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
        /** @description Answer of `POST /api/patients/duplicates`, most likely first. */
        Duplicates: {
            items: components["schemas"]["DuplicateCandidate"][];
        };
        /** @description An e-mail address. */
        Email: {
            address: string;
            /** Format: int64 */
            rank?: number;
            /** @description `home`, `work`, `billing`, `temporary`, `old`. */
            use?: string;
        };
        /** @description An emergency that was declared. */
        Emergency: {
            /** Format: date-time */
            until: string;
        };
        /**
         * @description What went wrong, as a word that never changes its meaning. New codes may appear; a client that
         *     does not know one falls back to the HTTP status.
         * @enum {string}
         */
        ErrorCode: "invalid_request" | "validation_failed" | "possible_duplicates" | "not_found" | "unauthenticated" | "wrong_credentials" | "password_required" | "locked_out" | "administrator_required" | "forbidden" | "break_glass_required" | "record_restricted" | "csrf_rejected" | "heads_required" | "unknown_heads" | "quarantined" | "needs_newer_version" | "already_done" | "merge_refused" | "wrong_offset" | "content_mismatch" | "content_incomplete" | "unsupported_media_type" | "range_not_satisfiable" | "payload_too_large" | "rate_limited" | "method_not_allowed" | "not_ready" | "storage_unavailable" | "offline" | "timeout" | "internal";
        /** @description The name another system knows the record by. */
        ExternalId: {
            system: string;
            value: string;
        };
        /** @description One leaf that a change touched. */
        FieldChange: {
            /** @description Absent where the field was removed. */
            after?: unknown;
            /** @description Absent where the field was not there before. */
            before?: unknown;
            /** @description Path in the record, dots between keys. */
            path: string;
        };
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
        /** @description Somebody who decides for, answers for or is called for the patient. */
        Guardian: {
            address?: string;
            document?: string;
            document_kind?: string;
            email?: string;
            emergency?: boolean;
            legal?: boolean;
            name: string;
            phone?: string;
            /** @description `mother`, `father`, `legal_guardian`, `spouse`, `child`, `sibling`, `emergency`, `payer`. */
            role?: string;
        };
        /** @description The answer of a probe. */
        Health: {
            /** @example ok */
            status: string;
            version: string;
        };
        /** @description `GET /api/patients/{id}/history`, newest first. */
        HistoryEntry: {
            /**
             * Format: date-time
             * @description What the writing desk's clock said.
             */
            at: string;
            author: components["schemas"]["Author"];
            /** @description Hash of the change, hexadecimal. `?as_of=<hash>` shows the record right after it. */
            change: string;
            /** @description Changes that other desks made at the same time without seeing this one. */
            concurrent: boolean;
            fields: components["schemas"]["FieldChange"][];
        };
        /** @description A health plan. */
        Insurance: {
            group?: string;
            holder?: string;
            member_id?: string;
            payer: string;
            /** @description The payer's register number (BR: ANS). */
            payer_code?: string;
            plan?: string;
            /** Format: int64 */
            rank?: number;
            valid_from?: string;
            valid_until?: string;
        };
        /**
         * @description The `data:` of one event; the `event:` line carries the same word as `type`. Events name ids only, never
         *     contents. An event named `resync` means that some were missed: fetch everything that is shown.
         */
        LiveEvent: {
            patient_id: string;
            /** @enum {string} */
            type: "patient.changed";
        } | {
            attachment_id: string;
            patient_id: string;
            /** @enum {string} */
            type: "attachment.changed";
        } | {
            /** Format: int64 */
            open: number;
            /** @enum {string} */
            type: "conflict.changed";
        } | {
            /** @enum {string} */
            type: "sync.changed";
        } | {
            /** @enum {string} */
            type: "session.changed";
        } | {
            /** @enum {string} */
            type: "resync";
        };
        /** @description Something the patient takes. Absent status means active. */
        Medication: {
            code?: string;
            /** @description Amount per dose, in words (`850 mg`). */
            dose?: string;
            frequency?: string;
            name: string;
            prescriber?: string;
            route?: string;
            since?: string;
            source?: string;
            /** @description `active`, `on_hold`, `completed`, `stopped`, `intended`, `entered_in_error`. */
            status?: string;
            system?: string;
            until?: string;
        };
        /** @description `POST /api/patients/{id}/merge`: `other` is joined into `{id}`, which stays. */
        MergePatients: {
            other: string;
        };
        Named: {
            id: string;
            name: string;
        };
        /** @description A note; two people may edit `text` at once. */
        Note: {
            pinned?: boolean;
            text: string;
            title?: string;
        };
        /** @description An official document. */
        OfficialDocument: {
            country?: string;
            expires_on?: string;
            issued_on?: string;
            issuer?: string;
            /** @description One of `Settings.document_types`: `cpf`, `cns`, `ssn`, `passport`, … */
            kind: string;
            value: string;
        };
        OpenConflict: {
            conflict_id: string;
            /** @description Path in the record, dots between keys. */
            path: string;
            safety_critical: boolean;
        };
        /** @description A further name of the patient. */
        OtherName: {
            family?: string;
            given?: string;
            prefix?: string;
            suffix?: string;
            text?: string;
            /** @description `maiden`, `nickname`, `old`, `usual`, `anonymous`, `temp`. */
            use?: string;
        };
        /** @description A page of a list. `next_cursor` is opaque: pass it back unchanged as `?cursor=`; absent on the last page. */
        Page_Attachment: {
            items: {
                /** Format: date-time */
                created_at: string;
                description?: string;
                /** @description Whether `/preview` answers an image. */
                has_preview: boolean;
                /** @description BLAKE3 of the content, hexadecimal; absent until the upload is complete. */
                hash?: string;
                id: string;
                media_type: string;
                name: string;
                patient_id: string;
                /**
                 * Format: int64
                 * @description Bytes that this node holds. An upload continues here.
                 */
                received: number;
                /** Format: int64 */
                size: number;
                state: components["schemas"]["AttachmentState"];
            }[];
            next_cursor?: string;
            /**
             * Format: int64
             * @description How many there are in all, where counting is cheap; at most 10,000 are counted.
             */
            total?: number;
        };
        /** @description A page of a list. `next_cursor` is opaque: pass it back unchanged as `?cursor=`; absent on the last page. */
        Page_AuditEntry: {
            items: {
                /** @description `patient.read`, `patient.update`, `break_glass.use`, …; the policies' word alone where it was refused. */
                action: string;
                /** Format: date-time */
                at: string;
                /** @description What else belongs to it: paths of changed fields, how many were found. Never contents. */
                detail?: string;
                /** @description `ok` or `refused`. */
                outcome: string;
                /** @description Kind and id of what was touched. */
                record?: string;
                role?: string;
                /** Format: int64 */
                seq: number;
                user_id?: string;
                user_name: string;
                /** @description The reason given, where one is asked for: an emergency, an export. */
                why?: string;
            }[];
            next_cursor?: string;
            /**
             * Format: int64
             * @description How many there are in all, where counting is cheap; at most 10,000 are counted.
             */
            total?: number;
        };
        /** @description A page of a list. `next_cursor` is opaque: pass it back unchanged as `?cursor=`; absent on the last page. */
        Page_Conflict: {
            items: {
                /** @description Whether the reader decided it in this session: `undo` takes it back. */
                can_undo?: boolean;
                /** Format: date-time */
                detected_at: string;
                document_id: string;
                /** @description `patient`, `attachment`, … */
                document_kind: string;
                id: string;
                /** @description Path in the record, dots between keys. */
                path: string;
                /** @description Name to show, where the reader may see it. */
                patient_name?: string;
                /** Format: date-time */
                resolved_at?: string;
                resolved_by?: components["schemas"]["Author"];
                /** @description Allergies, doses, amounts: never settled by itself. */
                safety_critical: boolean;
                state: components["schemas"]["ConflictState"];
                values: components["schemas"]["ConflictValue"][];
            }[];
            next_cursor?: string;
            /**
             * Format: int64
             * @description How many there are in all, where counting is cheap; at most 10,000 are counted.
             */
            total?: number;
        };
        /** @description A page of a list. `next_cursor` is opaque: pass it back unchanged as `?cursor=`; absent on the last page. */
        Page_HistoryEntry: {
            items: {
                /**
                 * Format: date-time
                 * @description What the writing desk's clock said.
                 */
                at: string;
                author: components["schemas"]["Author"];
                /** @description Hash of the change, hexadecimal. `?as_of=<hash>` shows the record right after it. */
                change: string;
                /** @description Changes that other desks made at the same time without seeing this one. */
                concurrent: boolean;
                fields: components["schemas"]["FieldChange"][];
            }[];
            next_cursor?: string;
            /**
             * Format: int64
             * @description How many there are in all, where counting is cheap; at most 10,000 are counted.
             */
            total?: number;
        };
        /** @description A page of a list. `next_cursor` is opaque: pass it back unchanged as `?cursor=`; absent on the last page. */
        Page_Named: {
            items: {
                id: string;
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
        Page_PatientSummary: {
            items: {
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
            }[];
            next_cursor?: string;
            /**
             * Format: int64
             * @description How many there are in all, where counting is cheap; at most 10,000 are counted.
             */
            total?: number;
        };
        /** @description A page of a list. `next_cursor` is opaque: pass it back unchanged as `?cursor=`; absent on the last page. */
        Page_TimelineEntry: {
            items: {
                /** @description When it happened (not when it was written down); RFC 3339 or a plain date. */
                at: string;
                /** @description Value with unit, dose, status, … where there is one. */
                detail?: string;
                /** @description Document that holds it (a chart, an attachment, the patient). */
                document_id: string;
                id: string;
                kind: components["schemas"]["TimelineKind"];
                status?: string;
                /** @description One line to show: the display text of the code, the file's name, … */
                title: string;
            }[];
            next_cursor?: string;
            /**
             * Format: int64
             * @description How many there are in all, where counting is cheap; at most 10,000 are counted.
             */
            total?: number;
        };
        /** @description A patient's record with the version it stands at. */
        Patient: {
            /** Format: date-time */
            changed_at: string;
            changed_by: components["schemas"]["Author"];
            /** @description The name to call the person by. */
            display_name: string;
            /**
             * Format: date-time
             * @description The caller sees it in a declared emergency, which ends then.
             */
            emergency_until?: string;
            /**
             * @description Heads of the document, hexadecimal: send them back as `If-Match` with a change. The same text,
             *     joined by commas and quoted, is the `ETag`.
             */
            heads: string[];
            /** @description With `?as_of=`: the record as it stood then. It cannot be edited. */
            historical: boolean;
            id: string;
            /** @description Records that were merged into this one. */
            merged_from?: string[];
            merged_into?: string;
            /** @description Fields with competing values that wait for a person. */
            open_conflicts: components["schemas"]["OpenConflict"][];
            /** @description The record itself, fields that this version does not know included. */
            record: components["schemas"]["PatientRecord"];
            /** @description Saved here, but not yet acknowledged by the server. */
            waiting_to_sync: boolean;
        };
        /** @description A patient's record. */
        PatientRecord: {
            addresses?: {
                [key: string]: components["schemas"]["Address"];
            };
            alerts?: {
                [key: string]: components["schemas"]["Alert"];
            };
            allergies?: {
                [key: string]: components["schemas"]["Allergy"];
            };
            /** @description `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
            birth_date?: string;
            birth_place?: string;
            /** @description `A+` … `O-`. */
            blood_type?: string;
            care_location?: string;
            conditions?: {
                [key: string]: components["schemas"]["Condition"];
            };
            deceased?: boolean;
            deceased_on?: string;
            documents?: {
                [key: string]: components["schemas"]["OfficialDocument"];
            };
            emails?: {
                [key: string]: components["schemas"]["Email"];
            };
            ethnicity?: string;
            external_ids?: {
                [key: string]: components["schemas"]["ExternalId"];
            };
            father_name?: string;
            /** @description What an import brought that has no field here, unchanged. */
            foreign?: {
                [key: string]: string;
            };
            gender_identity?: string;
            guardians?: {
                [key: string]: components["schemas"]["Guardian"];
            };
            /** @description ULID; drawn by the node. */
            id?: string;
            inactive?: boolean;
            insurances?: {
                [key: string]: components["schemas"]["Insurance"];
            };
            /** @description BCP 47, `pt-BR`. */
            language?: string;
            managing_practitioner?: string;
            /** @description `single`, `married`, `partnership`, `separated`, `divorced`, `widowed`, `unknown`. */
            marital_status?: string;
            medications?: {
                [key: string]: components["schemas"]["Medication"];
            };
            /** @description Set by a merge; the record is then read only. */
            merged_into?: string;
            mother_name?: string;
            /** Format: int64 */
            multiple_birth?: number;
            name?: components["schemas"]["PersonName"];
            nationality?: string;
            needs_interpreter?: boolean;
            /** @description "No known allergies" said by a person, which is not the same as an empty list. */
            no_known_allergies?: boolean;
            notes?: {
                [key: string]: components["schemas"]["Note"];
            };
            occupation?: string;
            other_names?: {
                [key: string]: components["schemas"]["OtherName"];
            };
            phones?: {
                [key: string]: components["schemas"]["Phone"];
            };
            /** @description Id of an attachment. */
            photo?: string;
            /** @description `whatsapp`, `sms`, `email`, `voice`, `in_app`, `post`. */
            preferred_channel?: string;
            pronouns?: string;
            race?: string;
            /**
             * Format: int64
             * @description The number people say; drawn by the node.
             */
            record_number?: number;
            /** Format: int64 */
            registered_at_ms?: number;
            registered_by?: string;
            /** @description Only the patient's own team opens it. Setting and lifting it is an act of its own (`patient:restrict`). */
            restricted?: boolean;
            /** @description Who restricted it; written by the node. */
            restricted_by?: string;
            /** @description `female`, `male`, `other`, `unknown`. */
            sex?: string;
            /** @description The name to call and show (Brazil: nome social). */
            social_name?: string;
            /** @description Words the clinic sorts people by. */
            tags?: {
                [key: string]: string;
            };
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
        /** @description The parts of a name; `text` alone is a whole name. */
        PersonName: {
            family?: string;
            /** @description Given names, in order, separated by spaces. */
            given?: string;
            prefix?: string;
            suffix?: string;
            text?: string;
        };
        /** @description A telephone number. */
        Phone: {
            extension?: string;
            /** @description `mobile`, `home`, `work`, `fax`, `pager`. */
            kind?: string;
            note?: string;
            /** @description E.164 (`+5511987654321`) if it could be read, else as typed. */
            number: string;
            /**
             * Format: int64
             * @description Order of preference, 1 first.
             */
            rank?: number;
            /** @description As typed, where that says more. */
            raw?: string;
            /** @description Absent when nobody asked. */
            whatsapp?: boolean;
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
        /** @description `POST /api/patients`. */
        RegisterPatient: {
            /** @description The person at the desk looked at the possible duplicates and says that this is somebody else. */
            confirm_new?: boolean;
            /**
             * @description The record without `id` and `record_number`; the node draws both. Keys of collections may be any text: the
             *     node replaces those that are no ULIDs.
             */
            record: components["schemas"]["PatientRecord"];
            /** @description Drawn by the client, a ULID: repeating the request does not register twice. */
            request_id?: string;
        };
        /** @description `POST /api/conflicts/{id}/resolve`: one of the values, or another one. Exactly one of the two is given. */
        ResolveConflict: {
            choice?: string;
            /** @description A value that neither side wrote. */
            value?: unknown;
        };
        ScopeStatus: {
            /** Format: int64 */
            changes: number;
            /**
             * Format: int64
             * @description The server's sequence up to which this node holds everything.
             */
            cursor: number;
            in_sync: boolean;
            /** @description `clinic/<id>`, `location/<id>`, `directory/<id>`. */
            scope: string;
            /** Format: int64 */
            waiting: number;
        };
        /** @description Who is signed in, and what this desk is. */
        Session: {
            clinic: components["schemas"]["Named"];
            /** @description Send it back as `x-posto-csrf` on every write. */
            csrf_token: string;
            /** Format: date-time */
            expires_at: string;
            /** @description `BR`, `US`, …: decides forms, document types and phone rules. */
            jurisdiction: string;
            location?: components["schemas"]["Named"];
            node_id: string;
            /** @description What this user may do, as `<action>` names; the screens hide what is not in it. */
            permissions: string[];
            user: components["schemas"]["SessionUser"];
        };
        SessionUser: {
            has_pin: boolean;
            id: string;
            login: string;
            name: string;
            roles: string[];
        };
        /** @description `PUT /api/session/pin`: sets the own PIN. The password is asked again. */
        SetPin: {
            password: string;
            pin: string;
        };
        /** @description `GET /api/settings`. */
        Settings: {
            clinic: components["schemas"]["Named"];
            /** @description IETF tag, `pt-BR`. */
            default_language: string;
            /** @description Two-letter country whose phone numbers need no prefix. */
            default_phone_region: string;
            /** @description Document types that this jurisdiction knows, in the order to offer them. */
            document_types: components["schemas"]["DocumentType"][];
            /** @description `BR`, `US`, … */
            jurisdiction: string;
            locations: components["schemas"]["Named"][];
            time_zone: string;
            version: string;
        };
        /** @description `POST /api/session`. */
        SignIn: {
            /** @description The sign-in name, as `user add` printed it. Case and surrounding spaces do not matter. */
            login: string;
            password: string;
        };
        /** @description `POST /api/attachments`: announces a file. */
        StartAttachment: {
            description?: string;
            /** @description What the browser thinks it is; the content decides. */
            media_type: string;
            /** @description File name as the person knows it; folders are cut off. */
            name: string;
            patient_id: string;
            /**
             * Format: int64
             * @description Bytes; at most 100 MiB.
             */
            size: number;
        };
        /** @enum {string} */
        StepState: "waiting" | "running" | "done" | "failed";
        /** @description `POST /api/session/pin`: another person takes over the desk. */
        SwitchByPin: {
            /** @description 4 to 8 digits. */
            pin: string;
            user_id: string;
        };
        /** @description `GET /api/users/switchable`: people who signed in on this desk with their password and have a PIN. */
        SwitchableUser: {
            id: string;
            name: string;
            roles: string[];
        };
        SwitchableUsers: {
            items: components["schemas"]["SwitchableUser"][];
        };
        SyncProblem: {
            /** Format: date-time */
            at: string;
            /**
             * @description Stable word, translated by the screens: `server_unreachable`, `certificate_refused`,
             *     `certificate_revoked`, `node_cloned`, `version_unsupported`, `change_refused`, `fingerprint_mismatch`,
             *     `storage_failed`, `connection_lost`.
             */
            code: string;
        };
        SyncProgress: {
            /** Format: int64 */
            done: number;
            /** Format: int64 */
            total: number;
        };
        /** @enum {string} */
        SyncState: "standalone" | "offline" | "connecting" | "syncing" | "in_sync" | "refused";
        /** @description `GET /api/sync`. */
        SyncStatus: {
            /**
             * Format: int64
             * @description The node's clock minus the server's; milliseconds. Over 120,000 a warning is due.
             */
            clock_offset_ms?: number;
            /** Format: date-time */
            last_synced_at?: string;
            /**
             * Format: int64
             * @description Fields with competing values that wait for a person.
             */
            open_conflicts: number;
            progress?: components["schemas"]["SyncProgress"];
            /**
             * Format: int64
             * @description More than 0 while lists and search are still being brought up to date with what was received.
             */
            projecting: number;
            /** @description Newest first, at most 20. */
            recent_errors: components["schemas"]["SyncProblem"][];
            /**
             * Format: int64
             * @description Changes that the server refused; a person has to look.
             */
            refused: number;
            scopes: components["schemas"]["ScopeStatus"][];
            server?: string;
            /**
             * Format: date-time
             * @description Since when `state` holds.
             */
            since?: string;
            state: components["schemas"]["SyncState"];
            /** @description What the node is doing or last did, oldest first. */
            steps: components["schemas"]["SyncStep"][];
            /**
             * Format: int64
             * @description Changes saved here that the server has not acknowledged.
             */
            waiting: number;
        };
        SyncStep: {
            state: components["schemas"]["StepState"];
            /** @description `connect`, `compare`, `receive`, `send`, `verify`. */
            step: string;
        };
        /** @description `GET /api/patients/{id}/timeline`, newest first: clinical facts, attachments and changes together. */
        TimelineEntry: {
            /** @description When it happened (not when it was written down); RFC 3339 or a plain date. */
            at: string;
            /** @description Value with unit, dose, status, … where there is one. */
            detail?: string;
            /** @description Document that holds it (a chart, an attachment, the patient). */
            document_id: string;
            id: string;
            kind: components["schemas"]["TimelineKind"];
            status?: string;
            /** @description One line to show: the display text of the code, the file's name, … */
            title: string;
        };
        /** @enum {string} */
        TimelineKind: "registered" | "changed" | "encounter" | "condition" | "allergy" | "observation" | "medication" | "immunization" | "procedure" | "document" | "attachment" | "merge" | "other";
        /** @description `POST /api/conflicts/{id}/undo`: which of the competing values becomes the record's again. */
        UndoConflict: {
            /** @description Needed where more than one value was not chosen. */
            choice?: string;
        };
        /** @description `POST /api/patients/{id}/unmerge`: separates `other` from `{id}` again. */
        UnmergePatients: {
            other: string;
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
