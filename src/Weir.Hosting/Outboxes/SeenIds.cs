// SPDX-License-Identifier: Apache-2.0
//
// The receiver's half of "at least once": what was handled is remembered for longer than its sender could send it
// again. Ids are kept as 16 octets of their SHA-256, in one file for each eighth of the time they are kept; files go by
// age.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Hosting.Files;

namespace Weir.Hosting.Outboxes;

/// <summary>Ids of what was handled, kept over restarts. Safe for any thread.</summary>
public sealed class SeenIds : IDisposable
{
    private const int Parts = 8;
    private const int RecordOctets = 20; // hash and CRC-32C

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, long> _periods = [];
    private readonly Dictionary<UInt128, Task> _handling = [];
    private readonly SortedDictionary<long, List<UInt128>> _byPeriod = [];
    private readonly IDurableFolder _folder;
    private readonly SeenIdsOptions _options;
    private readonly TimeProvider _time;
    private IDurableFile? _file;
    private long _filePeriod;

    private SeenIds(IDurableFolder folder, SeenIdsOptions options, TimeProvider time)
    {
        (_folder, _options, _time) = (folder, options, time);
        foreach (var name in folder.Names())
        {
            if (name.EndsWith(".ids", StringComparison.Ordinal)
                && long.TryParse(name[..^4], NumberStyles.None, CultureInfo.InvariantCulture, out var period))
            {
                Load(name, period);
            }
        }
    }

    /// <summary>Ids remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _periods.Count;
            }
        }
    }

    /// <summary>Ids forgotten before their time because there were too many.</summary>
    public long ForgottenEarly { get; private set; }

    /// <summary>Opens a set with what an earlier process left in it.</summary>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static SeenIds Open(IDurableFolder folder, SeenIdsOptions options, TimeProvider time) =>
        new(folder, options, time);

    /// <summary>Handles something unless it was handled before; of two at once the second waits for the first.
    /// Killed between the end of the handling and this method's return, the process handles it once more: what is
    /// handled must bear that.</summary>
    /// <param name="id">By which it is known again.</param>
    /// <param name="handle">Handles it; where it throws, the id is not remembered.</param>
    /// <returns>False where it had been handled before.</returns>
    /// <exception cref="IOException">The id cannot be kept.</exception>
    public async Task<bool> OnceAsync(string id, Func<Task> handle)
    {
        var key = KeyOf(id);
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (true)
        {
            Task? other;
            lock (_gate)
            {
                if (_periods.ContainsKey(key))
                {
                    return false;
                }

                if (!_handling.TryGetValue(key, out other))
                {
                    _handling[key] = mine.Task;
                    break;
                }
            }

            await other;
        }

        try
        {
            await handle();
            Persist([key]);
            return true;
        }
        finally
        {
            lock (_gate)
            {
                _handling.Remove(key);
            }

            mine.SetResult();
        }
    }

    /// <summary>True where the id is remembered.</summary>
    public bool Contains(string id)
    {
        lock (_gate)
        {
            return _periods.ContainsKey(KeyOf(id));
        }
    }

    /// <summary>Remembers ids with one fsync for all; those remembered already stay as they are.</summary>
    /// <exception cref="IOException">They cannot be kept.</exception>
    public void Add(IEnumerable<string> ids) => Persist(ids.Select(KeyOf));

    /// <summary>Forgets what is older than it must be kept; also done at each <see cref="Add"/>.</summary>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    public void Forget()
    {
        lock (_gate)
        {
            var oldest = Period() - Parts - 1; // the one before may have been begun a moment after the time
            foreach (var period in _byPeriod.Keys.TakeWhile(period => period < oldest).ToArray())
            {
                Drop(period);
            }
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file?.Dispose();

    private static UInt128 KeyOf(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private static string NameOf(long period) => string.Create(CultureInfo.InvariantCulture, $"{period:D19}.ids");

    private long Period() => _time.GetUtcNow().Ticks / Math.Max(1, _options.Retention.Ticks / Parts);

    private void Persist(IEnumerable<UInt128> keys)
    {
        lock (_gate)
        {
            Forget();
            var fresh = keys.Where(key => !_periods.ContainsKey(key)).Distinct().ToArray();
            if (fresh.Length == 0)
            {
                return;
            }

            var octets = new byte[fresh.Length * RecordOctets];
            for (var i = 0; i < fresh.Length; i++)
            {
                var record = octets.AsSpan(i * RecordOctets, RecordOctets);
                BinaryPrimitives.WriteUInt128LittleEndian(record, fresh[i]);
                BinaryPrimitives.WriteUInt32LittleEndian(record[16..], OutboxRecord.Crc(0, record[..16]));
            }

            var period = Period();
            Write(FileOf(period), octets);
            Array.ForEach(fresh, key => Note(key, period));
            while (_periods.Count > _options.MaxIds && _byPeriod.Count > 1)
            {
                ForgottenEarly += _byPeriod.First().Value.Count;
                Drop(_byPeriod.First().Key);
            }
        }
    }

    private static void Write(IDurableFile file, byte[] octets)
    {
        var before = file.Length;
        try
        {
            file.Write(before, octets);
            file.Sync();
        }
        catch
        {
            file.Cut(before);
            throw;
        }
    }

    private IDurableFile FileOf(long period)
    {
        if (_file is null || _filePeriod != period)
        {
            _file?.Dispose();
            _file = _folder.OpenFile(NameOf(period));
            _file.Cut(_file.Length / RecordOctets * RecordOctets);
            _filePeriod = period;
            _folder.Sync();
        }

        return _file;
    }

    private void Load(string name, long period)
    {
        using var file = _folder.OpenFile(name);
        Span<byte> record = stackalloc byte[RecordOctets];
        for (long at = 0; file.Read(at, record) == RecordOctets; at += RecordOctets)
        {
            if (OutboxRecord.Crc(0, record[..16]) == BinaryPrimitives.ReadUInt32LittleEndian(record[16..]))
            {
                Note(BinaryPrimitives.ReadUInt128LittleEndian(record), period);
            }
        }
    }

    private void Note(UInt128 key, long period)
    {
        if (!_byPeriod.TryGetValue(period, out var keys))
        {
            _byPeriod[period] = keys = [];
        }

        if (_periods.TryAdd(key, period))
        {
            keys.Add(key);
        }
    }

    private void Drop(long period)
    {
        _byPeriod.Remove(period, out var keys);
        keys!.ForEach(key => _periods.Remove(key));
        _folder.Delete(NameOf(period));
    }
}
