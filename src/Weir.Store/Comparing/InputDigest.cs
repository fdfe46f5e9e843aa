// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Store.Comparing;

/// <summary>SHA-256 of what a run read, in an order of its own, so that a list can be shown to follow
/// from its inputs.</summary>
internal sealed class InputDigest
{
    private readonly SortedDictionary<string, string> _digests = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Digests => _digests;

    public void Activity(IEnumerable<SubjectActivity> rows) =>
        Add("activity", hash =>
        {
            SubjectActivity[] sorted = [.. rows];
            Array.Sort(sorted, static (x, y) => x.Subject.CompareTo(y.Subject));
            foreach (var row in sorted)
            {
                Write(hash, row.Subject.Pseudonym, row.Endpoints, 0);
            }
        });

    public void Cases(CaseSet set)
    {
        Add("cases", hash =>
        {
            foreach (var (key, infection) in set.Cases.OrderBy(c => c.Key))
            {
                Write(hash, key.Pseudonym, infection.FirstContactMs, infection.Endpoints);
            }

            foreach (var key in set.Neither.Order())
            {
                Write(hash, key.Pseudonym, 0, 0);
            }
        });
        Add("excluded", hash =>
        {
            foreach (var listed in set.Listed.Order(EndpointComparer.Instance))
            {
                Write(hash, listed.Address.Bits, listed.Port, listed.Protocol);
            }
            foreach (var benign in set.Benign.OrderBy(b => (b.Network.Bits, b.Length)))
            {
                Write(hash, benign.Network.Bits, benign.Length, -1);
            }
        });
    }

    public void Options(ComparingOptions options, PairWindow window) =>
        Add("options", hash => hash.AppendData(Encoding.UTF8.GetBytes($"{options}{window}")));

    public void Counts(
        EndpointUnit unit, long size, IEnumerable<LabelCount> observed, IEnumerable<StratumCount> margins) =>
        Add($"counts-{unit}".ToLowerInvariant(), hash =>
        {
            Write(hash, 0, size, 0);
            foreach (var row in observed.Where(o => o.Permutation == 0).OrderBy(o => o.Key, EndpointComparer.Instance))
            {
                Write(hash, row.Key, row.Subjects);
            }
            foreach (var row in margins.OrderBy(m => m.Key, EndpointComparer.Instance).ThenBy(m => m.Stratum))
            {
                Write(hash, row.Key, ((long)row.Stratum << 32) | (uint)row.Subjects);
            }
        });

    private void Add(string name, Action<IncrementalHash> feed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        feed(hash);
        _digests[name] = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Write(IncrementalHash hash, Endpoint key, long value) =>
        Write(hash, key.Address.Bits, ((long)key.Port << 8) | key.Protocol, value);

    private static void Write(IncrementalHash hash, UInt128 key, long first, long second)
    {
        Span<byte> row = stackalloc byte[32];
        BinaryPrimitives.WriteUInt128BigEndian(row, key);
        BinaryPrimitives.WriteInt64BigEndian(row[16..], first);
        BinaryPrimitives.WriteInt64BigEndian(row[24..], second);
        hash.AppendData(row);
    }
}
