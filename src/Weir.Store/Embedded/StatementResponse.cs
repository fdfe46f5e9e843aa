// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Microsoft.AspNetCore.Http;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Embedded;

/// <summary>Runs one statement on a lent connection and writes what comes out as the response's body.</summary>
internal readonly struct StatementResponse(PooledConnection connection, HttpContext http)
{
    /// <summary>Runs to the end, then answers: an error is always a status. Nothing is sent before the request's end.
    /// </summary>
    public async Task WholeAsync(string sql, string format)
    {
        var (engine, handle) = (connection.Engine, connection.Handle);
        var result = await Task.Run(() => engine.Query(handle, sql, format), CancellationToken.None);
        try
        {
            Check(engine.Error(result));
            http.Response.BodyWriter.Write(engine.Octets(result));
        }
        finally
        {
            engine.Destroy(result);
        }
    }

    /// <summary>Writes the result part by part, each sent when the next one is there: the last leaves at the request's
    /// end. An error after the first part cuts the connection, so half an answer is never taken for a whole one.
    /// </summary>
    public async Task StreamAsync(string sql, string format)
    {
        var (engine, handle, cancel) = (connection.Engine, connection.Handle, http.RequestAborted);
        var stream = await Task.Run(() => engine.Stream(handle, sql, format), CancellationToken.None);
        var (begun, ended) = (false, false);
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
                    ended |= engine.Octets(part).IsEmpty;
                    if (begun && !ended)
                    {
                        await http.Response.BodyWriter.FlushAsync(cancel);
                    }

                    http.Response.BodyWriter.Write(engine.Octets(part));
                    begun = true;
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
