// SPDX-License-Identifier: Apache-2.0
//
// The part of ClickHouse's HTTP interface that Weir uses: the query in `query=` with the body behind it, or in the
// body; `database=`, `query_id=`, `default_format=`; every other parameter is a setting of this one request. An
// INSERT's body is its data, in Format Native. A second request with the id of a running one is refused with code 216,
// as a server does; an id is free again before the last octet of its answer is sent, so that who has the answer may ask
// under it.
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Embedded;

internal sealed partial class StoreRequestHandler(StorePool pool)
{
    private static readonly HashSet<string> NotSettings = new(StringComparer.Ordinal)
    {
        "query", "database", "query_id", "default_format", "user", "password", "session_id", "session_timeout",
        "wait_end_of_query", "buffer_size", "compress", "decompress", "stacktrace", "quota_key",
    };

    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);

    public async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Path == "/ping" || (http.Request.Query.Count == 0 && HttpMethods.IsGet(http.Request.Method)))
        {
            await http.Response.WriteAsync("Ok.\n", http.RequestAborted);
            return;
        }

        var id = http.Request.Query["query_id"].ToString();
        if (id.Length > 0 && !_running.TryAdd(id, true))
        {
            await RefuseAsync(http, StoreException.Answered(
                StoreException.SameIdRunning, $"Code: 216. Query with id = {id} is already running."));
            return;
        }

        StoreException? refused = null;
        try
        {
            await RunAsync(http);
        }
        catch (StoreException thrown)
        {
            refused = thrown;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
        finally
        {
            _running.TryRemove(id, out _);
        }

        if (refused is not null)
        {
            await RefuseAsync(http, refused);
        }
    }

    private async Task RunAsync(HttpContext http)
    {
        var request = http.Request;
        var sql = request.Query["query"].ToString();
        using var rows = new InsertBody();
        var insert = InsertWithData().Match(sql);
        if (insert.Success)
        {
            sql = await rows.ReceiveAsync(
                insert.Groups[1].Value, insert.Groups[2].Value, request.Body, http.RequestAborted);
        }
        else
        {
            using var reader = new StreamReader(request.Body, Encoding.UTF8);
            sql = string.Concat(sql, sql.Length > 0 ? "\n" : "", await reader.ReadToEndAsync(http.RequestAborted));
        }

        if (string.IsNullOrWhiteSpace(sql))
        {
            return;
        }

        var connection = await pool.RentAsync(http.RequestAborted);
        var set = new List<string>();
        try
        {
            Prepare(connection, request, set);
            var format = request.Query["default_format"] is [{ Length: > 0 } asked] ? asked : "TabSeparated";
            var answer = new StatementResponse(connection, http);
            await (Streams().IsMatch(sql) ? answer.StreamAsync(sql, format) : answer.WholeAsync(sql, format));
        }
        finally
        {
            foreach (var name in set)
            {
                connection.TryRun($"SET {name} = DEFAULT", out _);
            }

            pool.Return(connection);
        }
    }

    private static void Prepare(PooledConnection connection, HttpRequest request, List<string> set)
    {
        var database = request.Query["database"] is [{ Length: > 0 } named] ? named : "default";
        if (!connection.TryUse(database, out var error))
        {
            throw StoreErrors.Parse(error);
        }

        foreach (var (name, values) in request.Query)
        {
            if (NotSettings.Contains(name))
            {
                continue;
            }

            var value = values.ToString();
            var written = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                ? value
                : SqlText.Literal(value);
            if (!SqlText.IsPlainName(name) || !connection.TryRun($"SET {name} = {written}", out error))
            {
                throw StoreErrors.Parse(error ?? $"Code: 115. Unknown setting '{name}'.");
            }

            set.Add(name);
        }
    }

    private static async Task RefuseAsync(HttpContext http, StoreException refused)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = refused.Code is 60 or 81 or 47 ? StatusCodes.Status404NotFound
            : refused.Code is 62 or 115 or 36 or 27 or 33 ? StatusCodes.Status400BadRequest
            : StatusCodes.Status500InternalServerError;
        http.Response.Headers["X-ClickHouse-Exception-Code"] = refused.Code.ToString(CultureInfo.InvariantCulture);
        await http.Response.WriteAsync(refused.Message + "\n", http.RequestAborted);
    }

    [GeneratedRegex(@"^\s*(INSERT\s+INTO\s+.*?)\s+FORMAT\s+(\w+)\s*;?\s*\z",
        RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex InsertWithData();

    [GeneratedRegex(
        @"^\s*(?:SELECT|WITH)\b.*\bFORMAT\s+(?:Native|RowBinary|TabSeparated|TSV|CSV|JSONEachRow)\s*;?\s*\z",
        RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Streams();
}
