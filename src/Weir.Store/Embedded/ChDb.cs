// SPDX-License-Identifier: Apache-2.0
//
// chDB's C interface (chdb.h, 26.5), bound by hand: ten functions of one shared library. A connection runs one query
// at a time; several connections of one process to one directory run side by side. A result's buffer belongs to the
// library until the result is destroyed, and is null when the result is empty.
using System.Runtime.InteropServices;
using System.Text;
using Weir.Hosting.Posix;
using Weir.Wire.Native;

namespace Weir.Store.Embedded;

/// <summary>The loaded library. Loading it twice gives the same one.</summary>
internal sealed unsafe class ChDb
{
    private readonly delegate* unmanaged<int, byte**, nint*> _connect;
    private readonly delegate* unmanaged<nint*, void> _close;
    private readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nint> _query;
    private readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nint> _stream;
    private readonly delegate* unmanaged<nint, nint, nint> _fetch;
    private readonly delegate* unmanaged<nint, nint, void> _cancel;
    private readonly delegate* unmanaged<nint, void> _destroy;
    private readonly delegate* unmanaged<nint, byte*> _buffer;
    private readonly delegate* unmanaged<nint, nuint> _length;
    private readonly delegate* unmanaged<nint, byte*> _error;

    /// <exception cref="StoreException">The file cannot be loaded or lacks a function.</exception>
    public ChDb(string path)
    {
        try
        {
            var library = NativeLibrary.Load(path);
            _connect = (delegate* unmanaged<int, byte**, nint*>)NativeLibrary.GetExport(library, "chdb_connect");
            _close = (delegate* unmanaged<nint*, void>)NativeLibrary.GetExport(library, "chdb_close_conn");
            _query = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nint>)NativeLibrary.GetExport(
                library, "chdb_query_n");
            _stream = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nint>)NativeLibrary.GetExport(
                library, "chdb_stream_query_n");
            _fetch = (delegate* unmanaged<nint, nint, nint>)NativeLibrary.GetExport(
                library, "chdb_stream_fetch_result");
            _cancel = (delegate* unmanaged<nint, nint, void>)NativeLibrary.GetExport(
                library, "chdb_stream_cancel_query");
            _destroy = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "chdb_destroy_query_result");
            _buffer = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(library, "chdb_result_buffer");
            _length = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "chdb_result_length");
            _error = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(library, "chdb_result_error");
        }
        catch (Exception fault)
            when (fault is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new StoreException(
                0, $"'{path}' is not a chDB library of this machine: {fault.Message}", retryable: false, fault);
        }
    }

    /// <summary>Opens a directory. The first connection of a process decides the server settings among
    /// <paramref name="arguments"/>.</summary>
    /// <param name="directory">Whose <c>--path</c> is among the arguments, for the message.</param>
    /// <param name="arguments">As the engine's own program takes them.</param>
    /// <returns>A handle for <see cref="Query"/>, <see cref="Stream"/> and <see cref="Close"/>.</returns>
    public ChDbHandle Connect(string directory, params ReadOnlySpan<string> arguments)
    {
        var texts = new nint[arguments.Length];
        using var handlers = new SignalHandlers();
        try
        {
            for (var i = 0; i < texts.Length; i++)
            {
                texts[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
            }

            fixed (nint* pointers = texts)
            {
                var connection = _connect(texts.Length, (byte**)pointers);
                return connection is null || *connection == 0
                    ? throw new StoreException(0, Refusal(directory), retryable: false)
                    : new ChDbHandle((nint)connection, *connection);
            }
        }
        finally
        {
            Array.ForEach(texts, Marshal.FreeCoTaskMem);
        }
    }

    /// <summary>The engine does not say why.</summary>
    internal static string Refusal(string directory)
    {
        var own = OsUsers.NameOf(OsUsers.Own);
        return PathOwner.Get(directory) is { } there && there.User != OsUsers.Own
            ? $"chDB refused to open {directory}, which belongs to {OsUsers.NameOf(there.User)}, and this process runs "
                + $"as {own}; give it to that user with all that is in it (chown -R {own} {directory}), or name another"
            : $"chDB refused to open {directory}: another process may hold it, files in it may not be {own}'s, or its "
                + $"metadata may be damaged; stop that process, give all to one user (chown -R {own} {directory}), or "
                + "restore it from a backup (docs/12-backup.md)";
    }

    public void Close(ChDbHandle handle) => _close((nint*)handle.Owner);

    /// <summary>Runs a query to its end. Destroy the result.</summary>
    public nint Query(ChDbHandle handle, string sql, string format) => Run(_query, handle, sql, format);

    /// <summary>Starts a query whose result is fetched part by part. Destroy the result.</summary>
    public nint Stream(ChDbHandle handle, string sql, string format) => Run(_stream, handle, sql, format);

    /// <summary>The next part of a stream; an empty one is the end. Destroy it.</summary>
    public nint Fetch(ChDbHandle handle, nint stream) => _fetch(handle.Connection, stream);

    public void Cancel(ChDbHandle handle, nint stream) => _cancel(handle.Connection, stream);

    public void Destroy(nint result)
    {
        if (result != 0)
        {
            _destroy(result);
        }
    }

    /// <summary>The octets of a result, valid until it is destroyed.</summary>
    public ReadOnlySpan<byte> Octets(nint result)
    {
        var buffer = result == 0 ? null : _buffer(result);
        return buffer is null ? [] : new ReadOnlySpan<byte>(buffer, checked((int)_length(result)));
    }

    /// <summary>The engine's error text, or null.</summary>
    public string? Error(nint result) =>
        result == 0 ? null : _error(result) is var text && text is null ? null : Marshal.PtrToStringUTF8((nint)text);

    private static nint Run(
        delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nint> function, ChDbHandle handle,
        string sql, string format)
    {
        var text = Encoding.UTF8.GetBytes(sql);
        var name = Encoding.UTF8.GetBytes(format);
        fixed (byte* textStart = text)
        fixed (byte* nameStart = name)
        {
            return function(handle.Connection, textStart, (nuint)text.Length, nameStart, (nuint)name.Length);
        }
    }
}

/// <summary>A connection: what is closed, and what queries take.</summary>
internal readonly record struct ChDbHandle(nint Owner, nint Connection);
