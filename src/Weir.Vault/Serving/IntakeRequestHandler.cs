// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Networks;
using Weir.Vault.Keys;

namespace Weir.Vault.Serving;

/// <summary>The intake table as lanes get it: with line numbers in place of names (rules.md R7). The whole of it once,
/// then what changed.</summary>
internal sealed class IntakeRequestHandler(VaultDependencies parts)
{
    private const int RowsAtOnce = 1_000;

    private readonly string _instance = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public async Task AnswerAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var known = query["instance"] == _instance
            && long.TryParse(query["after"], NumberStyles.None, CultureInfo.InvariantCulture, out var after)
            ? after
            : 0;
        var rows = parts.Identity.IntakeRows(known, out var version);
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers[IntakeHeaders.Instance] = _instance;
        context.Response.Headers[IntakeHeaders.Version] = version.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers[IntakeHeaders.Whole] = known == 0 ? "1" : "0";
        var block = new byte[RowsAtOnce * IntakeEntry.Octets];
        foreach (var chunk in rows.Chunk(RowsAtOnce))
        {
            for (var i = 0; i < chunk.Length; i++)
            {
                var row = chunk[i];
                new IntakeEntry(row.Id, new AddressAssignment(
                    row.Network, row.PortFrom, row.PortTo, row.FromMs, row.UntilMs, parts.Lines.Compute(row.Line)))
                    .WriteTo(block.AsSpan(i * IntakeEntry.Octets));
            }

            await context.Response.Body.WriteAsync(
                block.AsMemory(0, chunk.Length * IntakeEntry.Octets), context.RequestAborted);
        }
    }
}
