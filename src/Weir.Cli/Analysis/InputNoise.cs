// SPDX-License-Identifier: Apache-2.0
//
// The noise of a report over files, keyed by what was read: the same flows and the same bounds give the same report, so
// that running again tells nothing more to who reads reports. Who holds the flows can count them without us
// (docs/36-numbers.md).
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Collector;
using Weir.Contracts.Networks;
using Weir.Contracts.Noise;
using Weir.Contracts.Population;
using Weir.Wire;

namespace Weir.Cli.Analysis;

/// <summary>Makes its key, and asks for a population that a report may be about.</summary>
internal static class InputNoise
{
    /// <summary>Why networks are too small for a report outside the lab, before hours of work: they cannot hold as many
    /// subjects as it rests on. Null where they can.</summary>
    public static string? PopulationFault(NetworkTable networks)
    {
        var least = PopulationKAnonymity.Default.Base;
        var most = networks.Networks.Where(network => !network.Excluded).Aggregate(
            UInt128.Zero, (sum, network) => sum + Subjects(network, (UInt128)(uint)least));
        return most >= (UInt128)(uint)least ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"--networks: population-too-small: they hold at most {most} subjects, and outside the lab a report rests on {least} (rules.md R11); name more of the provider's networks, or --profile lab for public or self-made data");
    }

    /// <summary>The key of the inputs. Lists and sampling rates are no part of it; another count that they make has
    /// another draw. What cannot be read twice, such as a pipe, has a key of its own run.</summary>
    /// <exception cref="OperatorException">An input cannot be read.</exception>
    public static NoiseKey Of(IReadOnlyList<string> inputs, NetworkTable networks, FlowWindow window)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("weir-noise/1 inputs\n"u8);
        foreach (var path in inputs)
        {
            hash.AppendData(DigestOf(path));
        }

        foreach (var network in networks.Networks)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{network.Prefix} {network.SubjectLength} {network.Excluded}\n")));
        }

        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{window.FromMs}..{window.UntilMs}\n")));
        return new NoiseKey(hash.GetHashAndReset(), mixesCounts: true);
    }

    private static byte[] DigestOf(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return file.CanSeek ? SHA256.HashData(file) : RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{path} cannot be read: {fault.Message}", ExitCode.Unreadable);
        }
    }

    private static UInt128 Subjects(Network network, UInt128 enough)
    {
        var bits = (network.Prefix.IsV4 ? 128 : network.SubjectLength) - network.Prefix.Length;
        return bits <= 0 ? UInt128.One : bits >= 32 ? enough : UInt128.One << bits;
    }
}
