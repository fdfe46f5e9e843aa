// SPDX-License-Identifier: Apache-2.0
//
// Whom a block would hit, as it leaves (docs/36-numbers.md): one noisy figure a target and UTC day, kept, so that
// asking again through the day, or without other subjects, tells nothing more. Whether it is above what may be blocked
// by address is decided on the exact count each time, and the figure is moved to the side of the bound where that lies.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Noise;
using Weir.Hosting.Files;

namespace Weir.Store.Publishing;

/// <summary>Keeps them. Safe for any thread.</summary>
public sealed class CollateralFigures(PublishingOptions options, TimeProvider time)
{
    /// <summary>Figures of one network a day: each is another draw for whoever met something in it.</summary>
    public const int PerNetwork = 16;

    private const string Everybody = "subjects";

    private readonly Lock _gate = new();

    /// <summary>The figures of a target for today; durable when this returns.</summary>
    /// <param name="counted">What is counted, in one spelling.</param>
    /// <param name="network">The network that holds it.</param>
    /// <param name="exact">As counted just now.</param>
    /// <returns>Null where the network had <see cref="PerNetwork"/> others today.</returns>
    /// <exception cref="IOException">They could not be written down: nothing may be told.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public Collateral? Show(string counted, string network, Collateral exact)
    {
        lock (_gate)
        {
            var today = (uint)(time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalDays;
            var kept = Read() is { } known && known.Day == today ? known : new(today, [], []);
            var (name, within) = (Hashed(counted), Hashed(network));
            if (!kept.Figures.ContainsKey(name))
            {
                var others = kept.Networks.GetValueOrDefault(within);
                if (others >= PerNetwork)
                {
                    return null;
                }

                kept.Networks[within] = others + 1;
            }

            var isNew = false;
            var subjects = FigureOf(Everybody, exact.Subjects);
            var hit = FigureOf(name, exact.NonCaseSubjects);
            if (isNew)
            {
                _ = Directory.CreateDirectory(Path.GetDirectoryName(options.CollateralFile)!);
                AtomicFile.Write(options.CollateralFile, JsonSerializer.Serialize(kept));
            }

            var ceiling = Collateral.Ceiling(subjects);
            return exact with
            {
                Subjects = subjects,
                NonCaseSubjects = exact.NonCaseSubjects > ceiling ? Math.Max(hit, ceiling + 1) : Math.Min(hit, ceiling),
            };

            int FigureOf(string cell, int count)
            {
                if (!kept.Figures.TryGetValue(cell, out var figure))
                {
                    using var noise = new NoiseKey(RandomNumberGenerator.GetBytes(NoiseKey.Octets));
                    kept.Figures[cell] = figure = (int)Math.Min(int.MaxValue, noise.Blur(cell, count));
                    isNew = true;
                }

                return figure;
            }
        }
    }

    private static string Hashed(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private KeptDay? Read()
    {
        try
        {
            return File.Exists(options.CollateralFile) ? JsonSerializer.Deserialize<KeptDay>(File.ReadAllText(options.CollateralFile)) : null;
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException(
                $"{options.CollateralFile} is damaged: {fault.Message}; take it away, and targets of today are told of once more",
                fault);
        }
    }

    private sealed record KeptDay(uint Day, Dictionary<string, int> Figures, Dictionary<string, int> Networks);
}
