// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Braking;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Hosting.Braking;
using Weir.Vault.Keys;
using Weir.Vault.Sealing;

namespace Weir.Vault.Braking;

/// <summary>Puts the brake on listed networks into a host.</summary>
internal static class SealBrakeRegistration
{
    private const string Beside = "grounds";

    /// <param name="services">The host's services.</param>
    /// <param name="bound">Lines of a network on a day; <see cref="int.MaxValue"/> for no brake.</param>
    public static IServiceCollection AddBraking(this IServiceCollection services, int bound) => services
        .AddSingleton(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var brake = new OrderBrake(
                provider.GetRequiredService<VaultFolder>().At("listed-networks.json"), bound, time);
            if (bound < int.MaxValue)
            {
                Restore(brake, provider.GetRequiredService<CaseSealStore>(), time.GetUtcNow());
            }

            return brake;
        })
        .AddSingleton<SealBrakeGate>();

    /// <summary>Lines that were sealed on a day that is counted are within, by the name that they were sealed under: a
    /// start does not begin the day anew.</summary>
    private static void Restore(OrderBrake brake, CaseSealStore seals, DateTimeOffset now)
    {
        var since = now.AddDays(-(NetworkLines.Days + 1)).ToUnixTimeMilliseconds();
        foreach (var id in seals.All())
        {
            if (CaseRecord.Read(seals.OpenBeside(id, Beside)) is not { Names: [var name, ..] } record
                || !SubjectKey.TryParse(name, out var line))
            {
                continue;
            }

            foreach (var scope in record.Scopes.Where(scope => scope.FromMs >= since))
            {
                if (Purposes.TryParse(scope.Purpose, out var purpose)
                    && ListedNetwork.TryNetwork(purpose, scope.Class.ToPredicate(), out var network))
                {
                    brake.Restore(new(network, line, ListedNetwork.DayOf(scope.FromMs + Scope.BeforeMs), 1));
                }
            }
        }
    }
}
