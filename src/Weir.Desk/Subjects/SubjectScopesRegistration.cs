// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Desk.Subjects;

/// <summary>Puts what the vault asks for a customer's own view into a host.</summary>
internal static class SubjectScopesRegistration
{
    public static IServiceCollection AddSubjectScopes(this IServiceCollection services) =>
        services.AddSingleton<SubjectScopesGate>();
}
