// SPDX-License-Identifier: Apache-2.0
//
// One connection of ClickHouse's native protocol, revision 54429, as an initiator of distributed queries uses it: its
// hello, whether tables are there, queries with tables that come along, their answer as blocks. A query's stage is not
// looked at: the initiator asks for the end of it (distributed_group_by_no_merge). Tables that come along are put into
// memory under names of their own.
//
// Standards: ClickHouse, Native protocol: client and server packets, ClientInfo, BlockInfo.
using System.Globalization;
using System.Text;
using Weir.Store.ClickHouse;
using Weir.Store.Embedded;
using Weir.Wire.Native;

namespace Weir.SpoolVictim.Shards;

/// <summary>Serves one initiator.</summary>
internal sealed class NativeConnection(NativeServer server, Stream stream) : IDisposable
{
    private const int Revision = 54_429;

    private readonly PacketStream _packets = new(stream);

    private enum FromClient
    {
        Hello = 0, Query = 1, Data = 2, Cancel = 3, Ping = 4, TablesStatus = 5, Scalar = 7,
    }

    private enum FromServer
    {
        Hello = 0, Data = 1, Exception = 2, Pong = 4, EndOfStream = 5, TablesStatus = 9,
    }

    public void Dispose() => _packets.Dispose();

    public async Task RunAsync()
    {
        if (!await GreetAsync())
        {
            return;
        }

        while (true)
        {
            switch ((FromClient)await _packets.NumberAsync())
            {
                case FromClient.Ping:
                    _packets.Number((int)FromServer.Pong);
                    break;
                case FromClient.TablesStatus:
                    await TellTablesAsync();
                    break;
                case FromClient.Query:
                    await AnswerAsync();
                    break;
                case FromClient.Cancel:
                    break;
                case var other:
                    throw new IOException($"packet {other} is not known");
            }

            await _packets.FlushAsync();
        }
    }

    private async Task<bool> GreetAsync()
    {
        if (await _packets.NumberAsync() != (int)FromClient.Hello)
        {
            throw new IOException("it does not begin with a hello");
        }

        _ = await _packets.TextAsync();
        for (var i = 0; i < 3; i++)
        {
            _ = await _packets.NumberAsync();
        }

        _ = await _packets.TextAsync();
        var (user, password) = (await _packets.TextAsync(), await _packets.TextAsync());
        if ($"{user}:{password}" != server.Options.Reader)
        {
            Refuse(516, NativeServer.Unknown(user));
            await _packets.FlushAsync();
            return false;
        }

        _packets.Number((int)FromServer.Hello);
        _packets.Text("node");
        _packets.Number(26);
        _packets.Number(5);
        _packets.Number(Revision);
        _packets.Text("UTC");
        _packets.Text("node");
        _packets.Number(1);
        await _packets.FlushAsync();
        return true;
    }

    private async Task TellTablesAsync()
    {
        var tables = new (string Database, string Table)[await _packets.NumberAsync()];
        for (var i = 0; i < tables.Length; i++)
        {
            tables[i] = (await _packets.TextAsync(), await _packets.TextAsync());
        }

        _packets.Number((int)FromServer.TablesStatus);
        _packets.Number(tables.Length);
        foreach (var (database, table) in tables)
        {
            _packets.Text(database);
            _packets.Text(table);
            _packets.Number(0); // not replicated
        }
    }

    private async Task AnswerAsync()
    {
        _ = await _packets.TextAsync();
        await SkipClientInfoAsync();
        while ((await _packets.TextAsync()).Length > 0)
        {
            _ = await _packets.NumberAsync();
            _ = await _packets.TextAsync();
        }

        _ = await _packets.NumberAsync(); // stage
        _ = await _packets.NumberAsync(); // compression
        var sql = await _packets.StatementAsync();
        var connection = await server.Pool.RentAsync(CancellationToken.None);
        var tables = new List<string>();
        try
        {
            sql = await ReceiveTablesAsync(connection, sql, tables);
            Console.WriteLine($"query {sql.ReplaceLineEndings(" ")}");
            await RunAsync(connection, sql);
        }
        catch (StoreException refused)
        {
            Refuse(refused.Code, refused.Message);
        }
        finally
        {
            foreach (var table in tables)
            {
                _ = connection.TryRun($"DROP TABLE IF EXISTS default.{table}", out _);
            }

            server.Pool.Return(connection);
        }
    }

    private async Task SkipClientInfoAsync()
    {
        const int Tcp = 1;
        const int Http = 2;
        if (await _packets.OctetAsync() == 0)
        {
            return;
        }

        for (var i = 0; i < 3; i++)
        {
            _ = await _packets.TextAsync();
        }

        var way = await _packets.OctetAsync();
        if (way == Tcp)
        {
            for (var i = 0; i < 3; i++)
            {
                _ = await _packets.TextAsync();
            }

            for (var i = 0; i < 3; i++)
            {
                _ = await _packets.NumberAsync();
            }
        }
        else if (way == Http)
        {
            _ = await _packets.OctetAsync();
            _ = await _packets.TextAsync();
        }

        _ = await _packets.TextAsync();
        if (way == Tcp)
        {
            _ = await _packets.NumberAsync();
        }
    }

    /// <summary>Takes what comes along, and gives the statement with the names it has here.</summary>
    private async Task<string> ReceiveTablesAsync(PooledConnection connection, string sql, List<string> tables)
    {
        while (true)
        {
            var kind = (FromClient)await _packets.NumberAsync();
            if (kind is not (FromClient.Data or FromClient.Scalar))
            {
                throw new IOException($"packet {kind} came where a table was due");
            }

            var name = await _packets.TextAsync();
            await _packets.SkipBlockInfoAsync();
            var (block, octets) = await _packets.BlockAsync();
            if (kind == FromClient.Scalar)
            {
                continue;
            }

            if (name.Length == 0 && block.Columns == 0)
            {
                return sql;
            }

            if (block.Columns > 0)
            {
                sql = await StoreAsync(connection, sql, name, (block, octets), tables);
            }
        }
    }

    private async Task<string> StoreAsync(
        PooledConnection connection, string sql, string name, (NativeBlock Block, byte[] Octets) came,
        List<string> tables)
    {
        var block = came.Block;
        var own = $"came_{Guid.NewGuid():n}";
        var known = tables.Find(table => table.EndsWith(name, StringComparison.Ordinal));
        if (known is null)
        {
            var columns = string.Join(
                ", ", Enumerable.Range(0, block.Columns).Select(i => $"{SqlText.Name(block[i].Name)} {block[i].Type}"));
            known = own + name;
            Run(connection, $"CREATE TABLE default.{known} ({columns}) ENGINE = Memory");
            tables.Add(known);
            sql = sql.Replace($"`{name}`", $"`default`.`{known}`", StringComparison.Ordinal);
        }

        if (block.Rows > 0)
        {
            using var rows = new InsertBody();
            using var body = new MemoryStream(came.Octets);
            Run(connection, await rows.ReceiveAsync(
                $"INSERT INTO default.{known}", "Native", body, CancellationToken.None));
        }

        return sql;
    }

    private async Task RunAsync(PooledConnection connection, string sql)
    {
        if (server.Options.QueryMemory > 0)
        {
            Run(connection, string.Create(
                CultureInfo.InvariantCulture, $"SET max_memory_usage = {server.Options.QueryMemory}"));
        }

        var (engine, handle) = (server.Engine, connection.Handle);
        var result = await Task.Run(() => engine.Stream(handle, sql, "Native"));
        try
        {
            Check(engine.Error(result));
            for (var ended = false; !ended;)
            {
                var part = await Task.Run(() => engine.Fetch(handle, result));
                try
                {
                    Check(engine.Error(part));
                    ended = part == 0 || engine.Octets(part).IsEmpty;
                    await SendAsync(engine.Octets(part).ToArray());
                }
                finally
                {
                    engine.Destroy(part);
                }
            }

            _packets.Number((int)FromServer.EndOfStream);
        }
        finally
        {
            engine.Destroy(result);
        }
    }

    private async Task SendAsync(byte[] native)
    {
        using var blocks = new MemoryStream(native);
        while (await PacketStream.BlockAsync(blocks) is { } block)
        {
            _packets.Number((int)FromServer.Data);
            _packets.Text("");
            _packets.BlockInfo();
            _packets.Octets(block.Octets);
            await _packets.FlushAsync();
        }
    }

    private void Refuse(int code, string message)
    {
        _packets.Number((int)FromServer.Exception);
        _packets.Octets(BitConverter.GetBytes(code));
        _packets.Text("DB::Exception");
        _packets.Text(message);
        _packets.Text("");
        _packets.Octets([0]);
    }

    private static void Run(PooledConnection connection, string sql)
    {
        if (!connection.TryRun(sql, out var error))
        {
            Check(error);
        }
    }

    private static void Check(string? error)
    {
        if (error is not null)
        {
            throw StoreErrors.Parse(error);
        }
    }
}
