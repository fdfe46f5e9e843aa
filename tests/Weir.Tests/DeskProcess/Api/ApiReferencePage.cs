// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Weir.Desk.Api.Routing;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>Writes docs/53-api.md from the document.</summary>
internal static class ApiReferencePage
{
    private const string Head =
        """
        # The people's API

        This page is generated: run the tests with `WEIR_WRITE_DOCS=1`. Whole, with every member of every message, it is [openapi.json](openapi.json), which `GET /api/v1/openapi.json` answers too. Why it is as it is: [0036](adr/0036-peoples-api.md).

        The command line uses it and nothing else. It is HTTP/1.1 with JSON on the Unix socket that `control.socket` names. Who asks is the user of the operating system at the other end of the socket, as the kernel says; `access` gives that user one role. A user without a role is refused and on record. Two people are two users.

        ```
        curl --unix-socket /var/lib/weir/control.sock http://weir/api/v1/cases?limit=10
        ```

        Scripts on other machines ask over TLS, where `control.listen` says, by a token that `weir token new` made: as its owner, in the owner's role, from the networks that it names, until it ends ([0069](adr/0069-tokens-for-scripts.md)). Without one everything is `no-token` (401). An address that asks more than 100 times at once, or 20 times a second, is told `too-many-requests` (429) and by `Retry-After` when to ask again.

        ```
        weir token new nightly-report --from 192.0.2.10 --days 30 --read-only
        curl -H "Authorization: Bearer $(cat token)" https://weir.example.net:8485/api/v1/cases?limit=10
        ```

        - Members that a message does not have, members given twice, and parameters that a route does not have are refused, not ignored.
        - A refusal is `application/problem+json` (RFC 9457): `type` is `urn:weir:` and the code, `code` the code alone, `detail` the thing, the place and the fix. The codes are the list at the end; there are no others.
        - What a request does is in the audit before it is done; so is what was refused, as what it asked for. Without the audit nobody is answered (`audit-down`).
        - Lists come in pages: `limit` rows (1 to 1000, usually 100), and `next`, which sent as `after` gives the rows behind; null where there are none. Rows that come or go meanwhile neither hide others nor come twice.
        - Where a route takes it, a request with an `Idempotency-Key` that comes again within a day is answered as the first time, and nothing happens twice; after a restart of Weir it happens anew. All other requests name what they change, so that a second time changes nothing more or is refused.
        - A body has at most 64 KiB, a complaint 10 MiB and what base64 adds. A body or a head that comes too slowly ends the request; a caller that goes away cancels it. A user holds at most 24 connections, and asks at most 500 times at once and 100 times a second (`429`, `Retry-After`); the emergency stop and the record are answered beyond both.

        """;

    public static string Write(IEnumerable<(string Name, JsonElement Told)> operations)
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        page.Append("\n## Routes\n\n| route | for | does | codes beside ");
        page.AppendJoin(", ", ApiRoutes.OfEvery.Select(code => $"`{code}`")).Append(" |\n|---|---|---|---|\n");
        foreach (var (name, told) in operations)
        {
            var roles = string.Join(", ", told.GetProperty("x-weir-roles").EnumerateArray().Select(r => r.GetString()));
            var codes = told.GetProperty("responses").EnumerateObject().Where(r => r.Name != "200")
                .SelectMany(r => r.Value.GetProperty("description").GetString()!.Split("; "))
                .Select(line => line.Split(':')[0])
                .Where(code => !ApiRoutes.OfEvery.Contains(code) && !ApiRoutes.OfBodies.Contains(code));
            var key = told.GetProperty("description").GetString()!.Contains("Idempotency-Key", StringComparison.Ordinal)
                ? " Takes an `Idempotency-Key`."
                : "";
            page.Append($"| `{name}` | {roles} | {told.GetProperty("summary").GetString()}{key} | ")
                .AppendJoin(", ", codes.Select(code => $"`{code}`")).Append(" |\n");
        }

        page.Append("\n## Codes\n\nRoutes with a body have ")
            .AppendJoin(", ", ApiRoutes.OfBodies.Select(code => $"`{code}`")).Append(" as well.\n\n")
            .Append("| code | status | what it is |\n|---|---|---|\n");
        foreach (var kind in ApiProblems.All)
        {
            page.Append(FormattableString.Invariant($"| `{kind.Code}` | {kind.Status} | {kind.Title} |\n"));
        }

        return page.ToString();
    }
}
