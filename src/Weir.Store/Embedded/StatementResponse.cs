// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Microsoft.AspNetCore.Http;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Embedded;

/// <summary>Runs one statement on a lent connection and writes what comes out as the response's body.</summary>
internal readonly struct StatementResponse(PooledConnection connection, HttpContext http)
{
    /// <summary>Runs to the end, then answers: an error is always a status.</summary>
    public async Task WholeAsync(string sql, string format)
    {
        var (engine, handle, cancel) = (connection.Engine, connection.Handle, http.RequestAborted);
        var result = await Task.Run(() => engine.Query(handle, sql, format), CancellationToken.None);
        try
        {
            Check(engine.Error(result));
            http.Response.BodyWriter.Write(engine.Octets(result));
            await http.Response.BodyWriter.FlushAsync(cancel);
        }
        finally
        {
            engine.Destroy(result);
        }
    }

    /// <summary>Writes the result part by part. An error after the first part cuts the connection, so half an answer is
    /// never taken for a whole one.</summary>
    public async Task StreamAsync(string sql, string format)
    {
        var (engine, handle, cancel) = (connection.Engine, connection.Handle, http.RequestAborted);
        var stream = await Task.Run(() => engine.Stream(handle, sql, format), CancellationToken.None);
        var ended = false;
        try
        {
            Check(engine.Error(stream));
            while (!ended)
            {
                var part = await Task.Run(() => engine.Fetch(handle, stream), CancellationToken.None);
                try
                {
                    ended = part == 0;
                    Check(engine.Error(part));
                    var octets = engine.Octets(part);
                    ended |= octets.IsEmpty;
                    http.Response.BodyWriter.Write(octets);
                }
                catch (StoreException)
                {
                    ended = true;
                    throw;
                }
                finally
                {
                    engine.Destroy(part);
                }

                await http.Response.BodyWriter.FlushAsync(cancel);
            }
        }
        finally
        {
            if (!ended)
            {
                engine.Cancel(handle, stream);
            }

            engine.Destroy(stream);
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
