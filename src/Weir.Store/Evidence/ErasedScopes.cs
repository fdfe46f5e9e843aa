// SPDX-License-Identifier: Apache-2.0
//
// Scopes whose evidence was erased, for as long as rows of it may still be on their way from a collector: what arrives
// of them later is erased before its segment is acknowledged. One line a scope, appended and made durable before the
// erasing begins: when, in seconds since the UNIX epoch, and the scope.
using System.Globalization;
using System.Text;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Hosting.Posix;
using Weir.Wire.Native;

namespace Weir.Store.Evidence;

/// <summary>What must not come back. Safe for any thread.</summary>
internal sealed class ErasedScopes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, long> _erased = [];
    private readonly string _path;
    private readonly TimeSpan _keep;
    private readonly TimeProvider _time;

    /// <exception cref="IOException">The folder or the file cannot be had.</exception>
    /// <exception cref="InvalidDataException">A line of the file is none.</exception>
    public ErasedScopes(EvidenceOptions options, TimeProvider time)
    {
        (_path, _keep, _time) = (Path.Combine(options.Folder, "erased-scopes"), options.LongestWay, time);
        Directory.CreateDirectory(options.Folder);
        if (File.Exists(_path))
        {
            Read();
        }
    }

    /// <summary>Notes scopes, durably.</summary>
    public void Add(IReadOnlyCollection<ScopeId> scopes)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow().ToUnixTimeSeconds();
            var fresh = scopes.Where(scope => !_erased.ContainsKey(scope.Number)).Distinct().ToList();
            if (fresh.Count == 0)
            {
                return;
            }

            var text = new StringBuilder();
            fresh.ForEach(scope => text.Append(CultureInfo.InvariantCulture, $"{now} {scope}\n"));
            using var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.None);
            file.Write(Encoding.ASCII.GetBytes(text.ToString()));
            file.Flush(flushToDisk: true);
            FolderSync.Flush(Path.GetDirectoryName(_path)!);
            fresh.ForEach(scope => _erased[scope.Number] = now);
        }
    }

    /// <summary>Rows of erased scopes in a segment's blocks, and the scopes.</summary>
    /// <param name="kind">Of the segment.</param>
    /// <param name="blocks">Stands at the first block; read to the end.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<(uint Rows, HashSet<ScopeId> Scopes)> FindAsync(
        SegmentKind kind, Stream blocks, CancellationToken cancel)
    {
        var (rows, scopes) = (0u, new HashSet<ScopeId>());
        if (kind != SegmentKind.Evidence || IsEmpty())
        {
            return (rows, scopes);
        }

        var reader = new NativeReader(blocks);
        while (await reader.ReadAsync(cancel) is { } block)
        {
            lock (_gate)
            {
                foreach (var scope in block["scope"].Values<ulong>())
                {
                    if (_erased.ContainsKey(scope))
                    {
                        rows++;
                        _ = scopes.Add(new ScopeId(scope));
                    }
                }
            }
        }

        return (rows, scopes);
    }

    private bool IsEmpty()
    {
        lock (_gate)
        {
            return _erased.Count == 0;
        }
    }

    /// <summary>What is too old to matter is left out, and a line cut short by a crash: its erasing had not
    /// begun.</summary>
    private void Read()
    {
        var since = (_time.GetUtcNow() - _keep).ToUnixTimeSeconds();
        var whole = File.ReadAllText(_path);
        foreach (var line in whole[..(whole.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is not [var at, var name]
                || !long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                || !ScopeId.TryParse(name, out var scope))
            {
                throw new InvalidDataException(
                    $"{_path}: '{line}' is no scope that was erased; put the file back from a backup");
            }

            if (seconds >= since)
            {
                _erased[scope.Number] = seconds;
            }
        }

        var beside = _path + ".next";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(Encoding.ASCII.GetBytes(string.Concat(_erased.Select(one =>
                string.Create(CultureInfo.InvariantCulture, $"{one.Value} {new ScopeId(one.Key)}\n")))));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, _path, overwrite: true);
        FolderSync.Flush(Path.GetDirectoryName(_path)!);
    }
}
