// SPDX-License-Identifier: Apache-2.0
//
// The one store client: ClickHouse's HTTP interface, over TCP to a server or over a Unix socket to the embedded engine.
// A server that cannot be connected to is tried again with a growing pause, since nothing was sent yet; a SELECT also
// where the connection breaks before the answer began. Anything else that breaks ends in a retryable StoreException:
// whether to try again is the caller's to judge, because only it knows whether the request may run twice.
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Wire.Native;

namespace Weir.Store.ClickHouse;

/// <summary>Client of a flow store. One serves the whole process; calls may run side by side.</summary>
public sealed class ClickHouseHttp(StoreAddress address, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = address.Open();

    public StoreAddress Address => address;

    /// <summary>How long a store that cannot be connected to is tried again. Default 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Runs a statement that answers nothing.</summary>
    /// <param name="sql">One statement.</param>
    /// <param name="cancel">Ends the wait; the statement may still run.</param>
    /// <param name="queryId">Refused with <see cref="StoreException.SameIdRunning"/> while another of
    /// this name runs.</param>
    /// <param name="settings">ClickHouse settings for this statement alone.</param>
    /// <exception cref="StoreException">The store refused it, or could not be reached.</exception>
    public async Task ExecuteAsync(
        string sql, CancellationToken cancel, string? queryId = null, params (string Name, string Value)[] settings)
    {
        using var response = await SendAsync(
            () => Request("", settings, queryId, address.Database, new StringContent(sql, Encoding.UTF8)), cancel);
    }

    /// <summary>As <see cref="ExecuteAsync"/> but on the server's default database: for making ours.</summary>
    internal async Task ExecuteOutsideAsync(string sql, CancellationToken cancel)
    {
        using var response = await SendAsync(
            () => Request("", [], null, "default", new StringContent(sql, Encoding.UTF8)), cancel);
    }

    /// <summary>A count, asked on the server's default database: ours may not be there.</summary>
    internal async Task<ulong> OutsideAsync(string sql, CancellationToken cancel)
    {
        using var response = await SendAsync(
            () => Request("", [], null, "default", new StringContent($"{sql}\nFORMAT Native", Encoding.UTF8)), cancel,
            mayRunTwice: true);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        var reader = new NativeReader(body);
        while (await NextAsync(reader, cancel) is { } block)
        {
            if (block.Rows > 0)
            {
                return block[0].Values<ulong>()[0];
            }
        }

        throw new StoreException(0, "the store answered no row where one was due", retryable: false);
    }

    /// <summary>Runs a SELECT (without FORMAT) and gives its blocks as they come. An error never
    /// looks like an end.</summary>
    public async IAsyncEnumerable<NativeBlock> QueryAsync(
        string sql, [EnumeratorCancellation] CancellationToken cancel, string? queryId = null,
        params (string Name, string Value)[] settings)
    {
        (string, string)[] whole = address.Socket is null ? [.. settings, ("wait_end_of_query", "1")] : settings;
        using var response = await SendAsync(
            () => Request(
                "", whole, queryId, address.Database, new StringContent($"{sql}\nFORMAT Native", Encoding.UTF8)),
            cancel, mayRunTwice: true);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        var reader = new NativeReader(body);
        while (await NextAsync(reader, cancel) is { } block)
        {
            if (block.Rows > 0)
            {
                yield return block;
            }
        }
    }

    /// <summary>The first value of the first row, as a number of the type the query gives.</summary>
    public async Task<T> ScalarAsync<T>(string sql, CancellationToken cancel, string? queryId = null)
        where T : unmanaged
    {
        await foreach (var block in QueryAsync(sql, cancel, queryId))
        {
            return block[0].Values<T>()[0];
        }

        throw new StoreException(0, "the store answered no row where one was due", retryable: false);
    }

    /// <summary>Sends rows in Format Native; the stream is read once. Everything in it becomes one insert block where
    /// the rows number at most two million.</summary>
    /// <param name="table">Table in the address's database.</param>
    /// <param name="columns">Names separated by commas, as the blocks carry them.</param>
    /// <param name="native">Blocks as <see cref="NativeWriter"/> makes them.</param>
    /// <param name="cancel">Ends the wait; the rows may still arrive.</param>
    /// <param name="token">Name of this insert: it is the query id, and the deduplication token of an engine
    /// that has them.</param>
    /// <exception cref="StoreException">Refused, or broken off: then whether the rows arrived
    /// must be asked.</exception>
    public async Task InsertAsync(
        string table, string columns, Stream native, CancellationToken cancel, InsertToken? token = null)
    {
        var settings = new List<(string, string)>
        {
            ("min_insert_block_size_rows", "2097152"),
            ("min_insert_block_size_bytes", "0"),
        };
        if (token is { EngineHasTokens: true })
        {
            // A receipt given before the rows are a part would be one too early.
            settings.Add(("async_insert", "0"));
            settings.Add(("insert_deduplication_token", token.Value.Name));
        }

        var start = native.CanSeek ? native.Position : -1;
        using var response = await SendAsync(
            () =>
            {
                if (start >= 0)
                {
                    native.Position = start;
                }

                var sql = $"INSERT INTO {SqlText.Name(table)} ({columns}) FORMAT Native";
                return Request(sql, [.. settings], token?.Name, address.Database, new StreamContent(
                    new NonClosingStream(native), 256 * 1024));
            },
            cancel);
    }

    /// <summary>True where the store answers.</summary>
    public async Task<bool> PingAsync(CancellationToken cancel)
    {
        try
        {
            using var response = await _http.GetAsync("ping", cancel);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<NativeBlock?> NextAsync(NativeReader reader, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadAsync(cancel);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw BrokenOff(broken);
        }
        catch (StoreException torn) when (torn.Retryable && address.Behind.Count > 0)
        {
            throw new StoreException(
                0, "a shard ended in the middle of its answer, and nothing of what came counts; ask again, and see "
                    + $"whether {string.Join(", ", address.Behind.Select(shard => shard.Name))} answer",
                retryable: true, torn);
        }
    }

    private HttpRequestMessage Request(
        string sql, (string Name, string Value)[] settings, string? queryId, string database, HttpContent body)
    {
        var line = new StringBuilder("/?database=").Append(Uri.EscapeDataString(database));
        void Add(string name, string value) =>
            line.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        if (sql.Length > 0)
        {
            Add("query", sql);
        }

        if (queryId is not null)
        {
            Add("query_id", queryId);
        }

        foreach (var (name, value) in address.Settings.Concat(settings))
        {
            Add(name, value);
        }

        return new HttpRequestMessage(HttpMethod.Post, new Uri(line.ToString(), UriKind.Relative)) { Content = body };
    }

    private async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> make, CancellationToken cancel, bool mayRunTwice = false)
    {
        var began = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            using var request = make();
            try
            {
                var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
                return response.IsSuccessStatusCode ? response : throw await RefusedAsync(response, cancel);
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException)
            {
                var unsent = fault is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };
                if (fault is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError })
                {
                    throw Disbelieved(fault);
                }

                if (!unsent && !mayRunTwice)
                {
                    throw BrokenOff(fault);
                }

                if (time.GetElapsedTime(began) + pause > Patience)
                {
                    throw unsent ? Unreached(fault) : BrokenOff(fault);
                }

                await Task.Delay(pause, time, cancel);
            }
        }
    }

    private StoreException Unreached(Exception inner) =>
        new(
            0, $"{address.Place} is not reached: {inner.Message}", retryable: true, inner);

    private StoreException Disbelieved(Exception inner) =>
        new(
            0, $"{address.Place} shows a certificate that is not believed: {(inner.InnerException ?? inner).Message}; "
                + "have it issued for that name by an authority that is believed here", retryable: true, inner);

    private async Task<StoreException> RefusedAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(cancel);
            var refused = StoreErrors.Named(StoreErrors.Parse(text), address);
            return refused.Code == 0 && response.Headers.TryGetValues("X-ClickHouse-Exception-Code", out var codes)
                && int.TryParse(codes.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                ? StoreException.Answered(code, refused.Message)
                : refused.Code == 0 && (int)response.StatusCode is 502 or 503 or 504
                    ? new StoreException(0, refused.Message, retryable: true)
                    : refused;
        }
    }

    private StoreException BrokenOff(Exception inner) =>
        new(
            0, address.Name.Length > 0
                ? $"{address.Place} broke off: {inner.Message}"
                : $"the flow store broke off: {inner.Message}", retryable: true, inner);
}

/// <summary>Name of an insert, and whether the engine drops a second insert of that name.</summary>
public readonly record struct InsertToken(string Name, bool EngineHasTokens);
